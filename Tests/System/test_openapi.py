"""openapi/bashoutter.yaml is valid, and the template and the running stack have its routes and headers."""

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
    """(location, schema, example) of each example in the document."""
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
def test_each_example_matches_its_schema(schema: dict, example: object):
    assert contract().errors(schema, example) == []


def test_every_response_body_has_an_example():
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
def test_the_schema_of_a_name_allows_text_of_at_most_50_code_points(text: str, is_text: bool):
    assert (contract().errors(contract().schema("Name"), text) == []) is is_text


def test_the_schema_of_a_line_allows_at_most_100_code_points():
    line = contract().schema("Line")
    assert contract().errors(line, "🐸" * 100) == []
    assert contract().errors(line, "🐸" * 101) != []


def test_the_template_has_exactly_the_routes_of_the_contract():
    listed = {(method, path) for method, path in contract().routes() if method != "OPTIONS"}
    routed = {(method, path) for method, path, _ in template.routes() if method != "ANY"}
    assert routed == listed


def test_the_template_routes_unsupported_methods_to_a_function_that_rejects_them():
    paths = {path for _, path in contract().routes()}
    assert {route for route in template.routes() if route[0] == "ANY"} == {("ANY", p, "GetHaiku") for p in paths}


def test_the_templates_cors_configuration_allows_every_method():
    # HEAD needs no preflight (Fetch Standard, CORS-safelisted method).
    assert set(template.cors()["AllowMethods"]) == {method for method, _ in contract().routes()} - {"HEAD"}


def test_the_templates_cors_configuration_allows_and_exposes_every_header():
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
    signed = {"authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"}
    assert set(template.cors()["AllowHeaders"]) == sent | signed | {"content-type", "if-none-match"}

    # Headers that browsers expose to scripts by default (Fetch Standard, CORS-safelisted response-header name), and
    # headers that are not meant for scripts.
    safe = {"access-control-allow-origin", "cache-control", "retry-after", "access-control-max-age", "server-timing"}
    received = {
        header.lower()
        for operation in operations
        for status, response in operation["responses"].items()
        if status.startswith("2")
        for header in contract().resolve(response).get("headers", {})
    }
    exposed = {header for header in received - safe if not header.startswith("access-control-")}
    assert set(template.cors()["ExposeHeaders"]) == exposed | {"etag"}


@pytest.mark.parametrize(("method", "path"), sorted(contract().routes()))
def test_the_running_stack_serves_each_route_of_the_contract(stack: Stack, method: str, path: str):
    response = stack.client.request(method, path.replace("{item_id}", "0" * 32), headers={"Origin": ORIGIN})
    assert response.status_code not in (403, 405)
    # For an unknown route, API Gateway itself returns 404 with `message`.
    assert response.status_code != 404 or method == "HEAD" or "description" in response.json()


@pytest.mark.parametrize("method", ["PUT", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", sorted({path for _, path in contract().routes()}))
def test_the_running_stack_rejects_methods_outside_the_contract(stack: Stack, method: str, path: str):
    assert stack.client.request(method, path.replace("{item_id}", "0" * 32)).status_code == 405


@pytest.mark.parametrize("path", ["/", "/haikus", "/haiku/a/b", "/Haiku", "/haiku/", "/prod/haiku"])
def test_the_running_stack_rejects_paths_outside_the_contract(stack: Stack, path: str):
    response = Api(stack.api, checked=False).request("POST", path, json={})
    assert response.status_code in (404, 405), response.text


@pytest.mark.parametrize("path", ["/haiku", f"/haiku/{'0' * 32}"])
def test_a_preflight_response_matches_the_templates_cors_configuration(stack: Stack, path: str):
    response = stack.client.request("OPTIONS", path, headers={"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"})

    def listed(name: str) -> set[str]:
        return {value.strip().lower() for value in response.headers[name].split(",")}

    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert listed("Access-Control-Allow-Methods") == {m.lower() for m in template.cors()["AllowMethods"]}
    assert listed("Access-Control-Allow-Headers") == set(template.cors()["AllowHeaders"])
    assert int(response.headers["Access-Control-Max-Age"]) == template.cors()["MaxAge"]


def test_responses_of_the_running_stack_have_cors_headers(stack: Stack):
    for response in (
        stack.client.get("/haiku", headers={"Origin": ORIGIN}),
        stack.client.get("/haiku/none", headers={"Origin": ORIGIN}),
        stack.client.post(data=b"{", headers={"Origin": ORIGIN}),
    ):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        exposed = {name.strip().lower() for name in response.headers["Access-Control-Expose-Headers"].split(",")}
        assert exposed == set(template.cors()["ExposeHeaders"])


def test_a_response_that_violates_the_contract_is_detected():
    response = requests.Response()
    response.request = requests.Request("PATCH", "http://localhost/haiku/" + "0" * 32).prepare()
    response.url, response.status_code = response.request.url, 200
    response.headers.update({"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"})
    response._content = b'{"description": "OK", "likes": 1}'
    contract().check(response)
    for wrong in (b'{"description": "OK"}', b'{"description": "OK", "likes": "1"}', b""):
        response._content = wrong
        with pytest.raises((AssertionError, ValueError)):
            contract().check(response)
    response.status_code = 418
    with pytest.raises(AssertionError, match="which is not in the contract"):
        contract().check(response)
