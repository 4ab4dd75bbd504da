"""openapi/bashoutter.yaml, and whether a reply keeps it."""

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
        """What a `$ref` within the document points at."""
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
        """What is wrong with the value, as messages; none if it is of the schema."""
        # The components travel with the schema, so that its references resolve.
        schema = {**schema, "components": self.document["components"]}
        return [error.message for error in OAS30Validator(schema).iter_errors(value)]

    def schema(self, name: str) -> dict:
        return {"$ref": f"#/components/schemas/{name}"}

    def response(self, method: str, path: str, status: int) -> dict:
        """The description of a reply. Fails if the contract knows no such reply."""
        for template, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                operation = operations.get(method.lower())
                if operation is None:
                    assert status == 405, f"{method} {path} is not in the contract and got {status}, not 405"
                    return self.resolve(operations["x-other-methods"])
                responses = operation["responses"]
                assert str(status) in responses, f"{method} {path} got {status}, which the contract does not have"
                return self.resolve(responses[str(status)])
        raise AssertionError(f"{path} is no path of the contract")

    def check(self, reply: requests.Response) -> None:
        """Fails if the status, a header or the body is not as the contract has it."""
        method, path = reply.request.method, unquote(urlsplit(reply.url).path)
        where = f"{method} {path} → {reply.status_code} {reply.text[:200]!r}"
        description = self.response(method, path, reply.status_code)

        for name, header in description.get("headers", {}).items():
            header = self.resolve(header)
            value = reply.headers.get(name)
            if value is None:
                assert not header.get("required"), f"{where}: no header {name}"
                continue
            if header["schema"].get("type") == "integer":
                value = int(value)
            assert not self.errors(header["schema"], value), f"{where}: {name}: {value}"

        content = description.get("content")
        if content is None or method == "HEAD":
            assert reply.content == b"", f"{where}: a body, where the contract has none"
            return
        kind = reply.headers.get("Content-Type", "").split(";")[0]
        assert kind in content, f"{where}: the body is {kind or 'of no type'}"
        # Not reply.json(): that would guess the encoding.
        problems = self.errors(content[kind]["schema"], requests.compat.json.loads(reply.content.decode("utf-8")))
        assert not problems, f"{where}: {problems}"


@cache
def contract() -> Contract:
    return Contract(yaml.safe_load(OPENAPI.read_text(encoding="utf-8")))
