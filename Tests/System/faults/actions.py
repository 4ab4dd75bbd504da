"""The five requests of a client, each with its expected response and its expected effect on the table."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import requests

from faults.stack_with_proxy import StackWithProxy
from support.api import FROG, item_id


@dataclass(frozen=True)
class Action:
    """A request sent while there is one haiku, without likes; its DynamoDB operation, its status, and a check of its effect."""

    name: str
    operation: str
    status: int
    send: Callable[[StackWithProxy, str], requests.Response]
    check: Callable[[StackWithProxy, str, requests.Response], None]


def _posted_once(stack: StackWithProxy, known: str, response: requests.Response) -> None:
    assert sorted(item["item_id"]["S"] for item in stack.items()) == sorted([known, item_id(response)])


def _liked_once(stack: StackWithProxy, known: str, response: requests.Response) -> None:
    assert (response.json()["likes"], stack.likes(known)) == (1, 1)


def _gone(stack: StackWithProxy, known: str, response: requests.Response) -> None:
    assert stack.likes(known) is None


def _shown(stack: StackWithProxy, known: str, response: requests.Response) -> None:
    assert response.json()["item_id"] == known
    assert response.json()["likes"] == 0
    assert response.json()["first"] == FROG["first"]


def _listed(stack: StackWithProxy, known: str, response: requests.Response) -> None:
    assert [(haiku["item_id"], haiku["likes"]) for haiku in response.json()] == [(known, 0)]


ACTIONS = (
    Action("POST", "PutItem", 201, lambda stack, known: stack.client.post(json=FROG), _posted_once),
    Action("PATCH", "UpdateItem", 200, lambda stack, known: stack.client.patch(f"/haiku/{known}"), _liked_once),
    Action("DELETE", "DeleteItem", 204, lambda stack, known: stack.client.delete(f"/haiku/{known}"), _gone),
    Action("GET one", "GetItem", 200, lambda stack, known: stack.client.get(f"/haiku/{known}"), _shown),
    Action("GET list", "Query", 200, lambda stack, known: stack.client.get("/haiku?limit=5"), _listed),
)

every_action = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
