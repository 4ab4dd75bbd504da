"""CloudFormation's view of infra/template.yaml: translated by SAM, with parameters, conditions and Fn::If resolved."""

import os
import re
import sys
from copy import deepcopy
from functools import cache

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from . import aws
from .paths import ROOT, TEMPLATE

sys.path.insert(0, str(ROOT / "infra"))
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402
from transform import ManagedPolicies  # noqa: E402

ABSENT = object()


@cache
def source() -> dict:
    """The template with the S3 URIs of packaged functions."""
    return yaml_parse(re.sub(r"\.\./dist/(\w+)\.zip", r"s3://bucket/\1", TEMPLATE.read_text(encoding="utf-8")))


def parameters() -> dict[str, dict]:
    return source()["Parameters"]


def defaults() -> dict[str, str]:
    return {name: str(parameter["Default"]) for name, parameter in parameters().items()}


def translate(values: dict[str, str]) -> dict[str, dict]:
    """
    The resources of a stack with these parameters, by logical id.

    What only CloudFormation knows, such as the name of a bucket, remains a `Ref`, `Fn::GetAtt` or `Fn::Sub`.
    """
    # The translator determines the partition from the region of boto3's session.
    os.environ.setdefault("AWS_DEFAULT_REGION", aws.REGION)
    document = transform(deepcopy(source()), {**defaults(), **values}, ManagedPolicies())
    known = {**defaults(), **values}

    def condition(expression: object) -> bool:
        match expression:
            case str():
                return condition(document["Conditions"][expression])
            case {"Condition": name}:
                return condition(document["Conditions"][name])
            case {"Fn::Equals": [left, right]}:
                return resolved(left) == resolved(right)
            case {"Fn::Not": [inner]}:
                return not condition(inner)
            case _:
                raise ValueError(expression)

    def resolved(node: object) -> object:
        match node:
            case {"Ref": "AWS::NoValue"}:
                return ABSENT
            case {"Ref": name} if name in known:
                return known[name]
            case {"Fn::If": [name, yes, no]}:
                return resolved(yes if condition(name) else no)
            case {"Fn::Sub": str(text)}:
                return {"Fn::Sub": re.sub(r"\$\{(\w+)\}", lambda one: known.get(one[1], one[0]), text)}
            case dict():
                values = {key: resolved(value) for key, value in node.items()}
                return {key: value for key, value in values.items() if value is not ABSENT}
            case list():
                return [value for value in map(resolved, node) if value is not ABSENT]
            case _:
                return node

    return {
        name: {**resource, "Properties": resolved(resource.get("Properties", {}))}
        for name, resource in document["Resources"].items()
        if "Condition" not in resource or condition(resource["Condition"])
    }


@cache
def schema(kind: str) -> dict:
    """The schema of a resource type that CloudFormation publishes and cfn-lint ships."""
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema(aws.REGION, kind).schema


def at(properties: dict, pointer: str) -> object:
    """The value at a schema's pointer, such as /properties/Bucket; None if it is absent."""
    node: object = {"properties": properties}
    for step in pointer.strip("/").split("/"):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def create_only(resource: dict) -> dict[str, object]:
    """The values, by pointer, of the properties whose change replaces the resource, always or in some cases."""
    kind = schema(resource["Type"])
    pointers = [*kind.get("createOnlyProperties", []), *kind.get("conditionalCreateOnlyProperties", [])]
    return {pointer: at(resource["Properties"], pointer) for pointer in pointers}


def names(resource: dict) -> tuple | None:
    """The type and the name that no other resource may have; None if AWS chooses the name."""
    pointers = schema(resource["Type"]).get("primaryIdentifier", [])
    values = [at(resource["Properties"], pointer) for pointer in pointers]
    # Names of CloudFront's policies must be unique too, but are not their identifiers.
    if None in values:
        configs = [value for key, value in resource["Properties"].items() if key.endswith("Config")]
        values = [config["Name"] for config in configs if isinstance(config, dict) and "Name" in config]
    return (resource["Type"], repr(values)) if values and None not in values else None
