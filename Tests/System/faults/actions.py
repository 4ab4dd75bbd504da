"""The five things that a client does, each with what it must be answered and what must be so in the table."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import requests

from faults.faulty import FaultyStack
from support.api import FROG, item_id


@dataclass(frozen=True)
class Action:
    """A request for a haiku that is there with no likes, and a look at what it did."""

    name: str
    operation: str
    status: int
    send: Callable[[FaultyStack, str], requests.Response]
    check: Callable[[FaultyStack, str, requests.Response], None]


def _posted_once(stack: FaultyStack, known: str, reply: requests.Response) -> None:
    assert sorted(item["item_id"]["S"] for item in stack.items()) == sorted([known, item_id(reply)])


def _liked_once(stack: FaultyStack, known: str, reply: requests.Response) -> None:
    assert (reply.json()["likes"], stack.likes(known)) == (1, 1)


def _gone(stack: FaultyStack, known: str, reply: requests.Response) -> None:
    assert stack.likes(known) is None


def _shown(stack: FaultyStack, known: str, reply: requests.Response) -> None:
    assert reply.json()["item_id"] == known
    assert reply.json()["likes"] == 0
    assert reply.json()["first"] == FROG["first"]


def _listed(stack: FaultyStack, known: str, reply: requests.Response) -> None:
    assert [(haiku["item_id"], haiku["likes"]) for haiku in reply.json()] == [(known, 0)]


ACTIONS = (
    Action("POST", "PutItem", 201, lambda stack, known: stack.client.post(json=FROG), _posted_once),
    Action("PATCH", "UpdateItem", 200, lambda stack, known: stack.client.patch(f"/haiku/{known}"), _liked_once),
    Action("DELETE", "DeleteItem", 204, lambda stack, known: stack.client.delete(f"/haiku/{known}"), _gone),
    Action("GET one", "GetItem", 200, lambda stack, known: stack.client.get(f"/haiku/{known}"), _shown),
    Action("GET list", "Query", 200, lambda stack, known: stack.client.get("/haiku?limit=5"), _listed),
)

every_action = pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
