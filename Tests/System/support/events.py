"""
Documented example events of API Gateway and of function URLs, adapted to a request.

fixtures/*.json have the fields of the examples on AWS's pages "Create AWS Lambda proxy integrations for
HTTP APIs in API Gateway", "Using AWS Lambda with Amazon API Gateway" and "Invoking Lambda function URLs".
"""

import base64
import json
from urllib.parse import parse_qsl, urlsplit

from .api import FROG
from .paths import FIXTURES

KINDS = ("http-api-2.0", "http-api-2.0 in a stage", "http-api-1.0", "rest-api", "function-url")


def event(
    kind: str, method: str, url: str, body: str | None = None, headers: dict | None = None, encoded: bool = False
) -> dict:
    """The event of a request, e.g. `event("rest-api", "GET", "/haiku?limit=3")`."""
    kind, _, staged = kind.partition(" ")
    document = json.loads((FIXTURES / f"{kind}.json").read_text(encoding="utf-8"))
    if body is not None and encoded:
        body = base64.b64encode(body.encode()).decode()
    document.update(body=body, isBase64Encoded=encoded)
    document["headers"] = {**(document["headers"] or {}), **(headers or {})}

    split = urlsplit(url)
    query = parse_qsl(split.query, keep_blank_values=True)
    resource, parameters = split.path, None
    if split.path.count("/") > 1:
        resource, parameters = "/haiku/{item_id}", {"item_id": split.path.rsplit("/", 1)[1]}

    if document.get("version") == "2.0":
        _fill_2_0(document, method, split, query, "/prod" if staged else "")
        if kind != "function-url":  # a function URL has no routes
            document["routeKey"] = document["requestContext"]["routeKey"] = f"{method} {resource}"
            document["pathParameters"] = parameters
    else:
        _fill_1_0(document, method, split, query)
        document["resource"] = document["requestContext"]["resourcePath"] = resource
        document["pathParameters"] = parameters
    return document


def example(function: str, headers: dict | None = None) -> dict:
    """A valid HTTP API event for a function; no haiku has the id in its path."""
    method = function.removesuffix("Haiku").upper()
    path = "/haiku" if method in ("GET", "POST") else f"/haiku/{'0' * 32}"
    body = json.dumps(FROG) if method == "POST" else None
    return event("http-api-2.0", method, path, body, headers)


def _fill_2_0(document: dict, method: str, split, query: list, prefix: str) -> None:
    document["rawPath"] = document["requestContext"]["http"]["path"] = prefix + split.path
    document["requestContext"]["http"]["method"] = method
    if prefix:
        document["requestContext"]["stage"] = prefix[1:]
    document["rawQueryString"] = split.query
    document["queryStringParameters"] = _joined(query) or None
    if not query:
        del document["queryStringParameters"]


def _fill_1_0(document: dict, method: str, split, query: list) -> None:
    document["path"] = split.path
    document["httpMethod"] = document["requestContext"]["httpMethod"] = method
    stage = document["requestContext"]["stage"]
    document["requestContext"]["path"] = split.path if stage == "$default" else f"/{stage}{split.path}"
    document["queryStringParameters"] = dict(query) or None
    document["multiValueQueryStringParameters"] = {
        key: [value for other, value in query if other == key] for key, _ in query
    } or None
    if document.get("multiValueHeaders") is not None:
        document["multiValueHeaders"] = {key: [value] for key, value in document["headers"].items()}


def _joined(query: list[tuple[str, str]]) -> dict[str, str]:
    """Payload format 2.0 joins repeated parameters with commas."""
    return {key: ",".join(value for other, value in query if other == key) for key, _ in query}
