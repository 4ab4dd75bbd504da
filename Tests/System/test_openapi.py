"""openapi/bashoutter.yaml: valid, its examples too, and the same routes as in the template and in the running stack."""

from collections.abc import Iterator

import pytest
import requests
from openapi_spec_validator import validate

from support import template
from support.api import Api
from support.contract import contract
from support.stack import Stack

ORIGIN = "https://haiku.example.com"


def examples(node: object, where: str = "#") -> Iterator[tuple[str, dict, object]]:
    """(place, schema, example) of each example in the document."""
    if isinstance(node, dict):
        if "schema" in node:
            if "example" in node:
                yield where, node["schema"], node["example"]
            for name, example in node.get("examples", {}).items():
                yield f"{where}/examples/{name}", node["schema"], example["value"]
        for key, value in node.items():
            yield from examples(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from examples(value, f"{where}/{index}")


EXAMPLES = list(examples(contract().document))


def test_the_document_is_valid_openapi():
    validate(contract().document)


@pytest.mark.parametrize(("schema", "example"), [e[1:] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES])
def test_each_example_is_of_its_schema(schema: dict, example: object):
    assert contract().errors(schema, example) == []


def test_every_body_and_every_header_of_a_success_has_an_example():
    document = contract().document
    bodies = [
        (path, method, status, body)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and "responses" in operation
        for status, response in operation["responses"].items()
        for body in contract().resolve(response).get("content", {}).values()
    ]
    assert bodies
    assert [where[:3] for where in bodies if not {"example", "examples"} & set(where[3])] == []


@pytest.mark.parametrize(
    ("text", "is_text"),
    [
        ("古池や", True),
        (" a ", True),
        ("🐸", True),
        ("é" * 50, True),
        ("e\u0301" * 25, True),
        ("🐸" * 50, True),
        ("🐸" * 51, False),
        ("", False),
        (" ", False),
        ("\u3000\u2003\u00a0", False),
        ("\u2028", False),
        ("\t", False),
        ("a\tb", False),
        ("a\nb", False),
        ("a\u0000", False),
        ("a\u007f", False),
        ("a\u0085b", False),
        ("\ufeff", True),
        ("\u200b", True),
    ],
)
def test_a_name_in_the_contract_is_text_of_at_most_fifty_code_points(text: str, is_text: bool):
    assert (contract().errors(contract().schema("Name"), text) == []) is is_text


def test_a_line_in_the_contract_has_at_most_a_hundred_code_points():
    line = contract().schema("Line")
    assert contract().errors(line, "🐸" * 100) == []
    assert contract().errors(line, "🐸" * 101) != []


def test_the_template_routes_what_the_contract_lists_and_nothing_else():
    listed = {(method, path) for method, path in contract().routes() if method != "OPTIONS"}
    routed = {(method, path) for method, path, _ in template.routes() if method != "ANY"}
    assert routed == listed


def test_the_template_sends_all_other_methods_of_a_path_to_a_function_that_refuses_them():
    paths = {path for _, path in contract().routes()}
    assert {route for route in template.routes() if route[0] == "ANY"} == {("ANY", p, "GetHaiku") for p in paths}


def test_every_method_of_the_contract_is_allowed_by_cors_in_the_template():
    # A browser asks nobody for leave to use HEAD (Fetch Standard, CORS-safelisted method).
    assert set(template.cors()["AllowMethods"]) == {method for method, _ in contract().routes()} - {"HEAD"}


def test_every_header_of_the_contract_passes_cors_in_the_template():
    operations = [
        operation
        for operations in contract().document["paths"].values()
        for operation in operations.values()
        if isinstance(operation, dict) and "responses" in operation
    ]
    sent = {
        p["name"].lower()
        for o in operations
        for p in map(contract().resolve, o.get("parameters", []))
        if p["in"] == "header"
    }
    assert set(template.cors()["AllowHeaders"]) == sent | {"content-type", "authorization"}

    # What a browser shows to scripts without being told (Fetch Standard, CORS-safelisted response-header name),
    # and what is not for scripts.
    safe = {"access-control-allow-origin", "retry-after", "access-control-max-age"}
    received = {
        header.lower()
        for operation in operations
        for status, response in operation["responses"].items()
        if status.startswith("2")
        for header in contract().resolve(response).get("headers", {})
    }
    exposed = {header for header in received - safe if not header.startswith("access-control-")}
    assert set(template.cors()["ExposeHeaders"]) == exposed


@pytest.mark.parametrize(("method", "path"), sorted(contract().routes()))
def test_the_running_stack_serves_each_route_of_the_contract(stack: Stack, method: str, path: str):
    reply = stack.client.request(method, path.replace("{item_id}", "0" * 32), headers={"Origin": ORIGIN})
    assert reply.status_code not in (403, 405)
    # A route that does not exist is answered by API Gateway itself, with `message`.
    assert reply.status_code != 404 or method == "HEAD" or "description" in reply.json()


@pytest.mark.parametrize("method", ["PUT", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", sorted({path for _, path in contract().routes()}))
def test_the_running_stack_serves_no_method_that_the_contract_does_not_list(stack: Stack, method: str, path: str):
    assert stack.client.request(method, path.replace("{item_id}", "0" * 32)).status_code == 405


@pytest.mark.parametrize("path", ["/", "/haikus", "/haiku/a/b", "/Haiku", "/haiku/", "/prod/haiku"])
def test_the_running_stack_serves_no_path_that_the_contract_does_not_list(stack: Stack, path: str):
    reply = Api(stack.api, checked=False).request("POST", path, json={})
    assert reply.status_code in (404, 405), reply.text


@pytest.mark.parametrize("path", ["/haiku", f"/haiku/{'0' * 32}"])
def test_a_preflight_of_the_running_stack_says_what_the_template_says(stack: Stack, path: str):
    reply = stack.client.request("OPTIONS", path, headers={"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"})

    def listed(name: str) -> set[str]:
        return {value.strip().lower() for value in reply.headers[name].split(",")}

    assert reply.status_code == 204
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert listed("Access-Control-Allow-Methods") == {m.lower() for m in template.cors()["AllowMethods"]}
    assert listed("Access-Control-Allow-Headers") == set(template.cors()["AllowHeaders"])
    assert int(reply.headers["Access-Control-Max-Age"]) == template.cors()["MaxAge"]


def test_the_replies_of_the_running_stack_carry_the_origin_and_expose_their_headers(stack: Stack):
    for reply in (
        stack.client.get("/haiku", headers={"Origin": ORIGIN}),
        stack.client.get("/haiku/none", headers={"Origin": ORIGIN}),
        stack.client.post(data=b"{", headers={"Origin": ORIGIN}),
    ):
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        exposed = {name.strip().lower() for name in reply.headers["Access-Control-Expose-Headers"].split(",")}
        assert exposed == set(template.cors()["ExposeHeaders"])


def test_a_reply_that_breaks_the_contract_is_noticed():
    reply = requests.Response()
    reply.request = requests.Request("PATCH", "http://localhost/haiku/" + "0" * 32).prepare()
    reply.url, reply.status_code = reply.request.url, 200
    reply.headers.update({"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"})
    reply._content = b'{"description": "OK", "likes": 1}'
    contract().check(reply)
    for wrong in (b'{"description": "OK"}', b'{"description": "OK", "likes": "1"}', b""):
        reply._content = wrong
        with pytest.raises((AssertionError, ValueError)):
            contract().check(reply)
    reply.status_code = 418
    with pytest.raises(AssertionError, match="which the contract does not have"):
        contract().check(reply)
