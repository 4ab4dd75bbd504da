"""Validates responses against openapi/bashoutter.yaml."""

import re
from functools import cache
from urllib.parse import unquote, urlsplit

import requests
import yaml
from openapi_schema_validator import OAS30Validator

from .paths import OPENAPI

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Contract:
    def __init__(self, document: dict):
        self.document = document

    def resolve(self, node: dict) -> dict:
        """Follows `$ref`s within the document."""
        while "$ref" in node:
            target = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def routes(self) -> set[tuple[str, str]]:
        """(method, path) of every operation, such as `("GET", "/haiku/{item_id}")`."""
        return {
            (method.upper(), path)
            for path, operations in self.document["paths"].items()
            for method in operations
            if method in METHODS
        }

    def errors(self, schema: dict, value: object) -> list[str]:
        """The validation errors of the value; empty if it conforms to the schema."""
        # Add the components, so that references resolve.
        schema = {**schema, "components": self.document["components"]}
        return [error.message for error in OAS30Validator(schema).iter_errors(value)]

    def schema(self, name: str) -> dict:
        return {"$ref": f"#/components/schemas/{name}"}

    def response(self, method: str, path: str, status: int) -> dict:
        """The response object of an operation and a status. Fails if the contract does not have it."""
        for template, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                operation = operations.get(method.lower())
                if operation is None:
                    assert status == 405, f"{method} {path} is not in the contract and got {status}, not 405"
                    return self.resolve(operations["x-other-methods"])
                responses = operation["responses"]
                assert str(status) in responses, f"{method} {path} got {status}, which is not in the contract"
                return self.resolve(responses[str(status)])
        raise AssertionError(f"{path} is not a path of the contract")

    def check(self, response: requests.Response) -> None:
        """Fails if the status, a header or the body does not conform to the contract."""
        method, path = response.request.method, unquote(urlsplit(response.url).path)
        where = f"{method} {path} → {response.status_code} {response.text[:200]!r}"
        description = self.response(method, path, response.status_code)

        for name, header in description.get("headers", {}).items():
            header = self.resolve(header)
            value = response.headers.get(name)
            if value is None:
                assert not header.get("required"), f"{where}: missing header {name}"
                continue
            if header["schema"].get("type") == "integer":
                value = int(value)
            assert not self.errors(header["schema"], value), f"{where}: {name}: {value}"

        content = description.get("content")
        if content is None or method == "HEAD":
            assert response.content == b"", f"{where}: unexpected body"
            return
        kind = response.headers.get("Content-Type", "").split(";")[0]
        assert kind in content, f"{where}: unexpected Content-Type {kind!r}"
        # response.json() would guess the encoding.
        problems = self.errors(content[kind]["schema"], requests.compat.json.loads(response.content.decode("utf-8")))
        assert not problems, f"{where}: {problems}"


@cache
def contract() -> Contract:
    return Contract(yaml.safe_load(OPENAPI.read_text(encoding="utf-8")))
