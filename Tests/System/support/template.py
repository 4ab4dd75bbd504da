"""infra/template.yaml as data, with CloudFormation's short forms expanded, as in `{"Ref": "…"}`."""

from functools import cache
from pathlib import Path

from cfnlint.decode import decode

from .paths import FUNCTIONS, TEMPLATE


@cache
def template(path: Path = TEMPLATE) -> dict:
    document, problems = decode(str(path))
    assert not problems, problems
    return document


def resources(kind: str) -> dict[str, dict]:
    """The resources of one type by logical id."""
    return {name: value for name, value in template()["Resources"].items() if value["Type"] == kind}


def properties(name: str) -> dict:
    return template()["Resources"][name].get("Properties", {})


def routes() -> set[tuple[str, str, str]]:
    """(method, path, function) of every function event; the method may be ANY."""
    return {
        (event["Properties"]["Method"], event["Properties"]["Path"], name)
        for name in FUNCTIONS
        for event in properties(name)["Events"].values()
    }


def cors() -> dict:
    return properties("HaikuApi")["CorsConfiguration"]


def statements(name: str) -> list[dict]:
    """The statements of a function's policies."""
    return [statement for policy in properties(name)["Policies"] for statement in policy["Statement"]]
