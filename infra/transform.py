#!/usr/bin/env python3
"""
Transforms the template as CloudFormation would, for a server that does not implement transforms (moto).

    transform.py TEMPLATE [NAME=VALUE ...] > FILE

AWS's own translator, sam-translator, performs AWS::Serverless-2016-10-31 with the parameters' values, NAME=VALUE or
their defaults. moto lacks the attribute Value of an SSM parameter: references to it are replaced by the parameter's
property Value.
"""

import json
import os
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

MANAGED_POLICIES = {
    name: f"arn:aws:iam::aws:policy/{path}{name}"
    for name, path in {"AWSLambdaBasicExecutionRole": "service-role/", "AWSXRayDaemonWriteAccess": ""}.items()
}


class ManagedPolicies:
    """The managed policies that the translator would otherwise request from IAM."""

    def load(self) -> dict[str, str]:
        return MANAGED_POLICIES


def inline(node: object, values: dict[str, object]) -> object:
    """Replaces GetAtt NAME.Value, also within Sub, by `values[NAME]`."""
    match node:
        case list():
            return [inline(element, values) for element in node]
        case {"Fn::GetAtt": [name, "Value"]} if name in values:
            return values[name]
        case {"Fn::Sub": pattern}:
            text, names = pattern if isinstance(pattern, list) else (pattern, {})
            names = {name: inline(value, values) for name, value in names.items()}
            for name, value in values.items():
                if f"${{{name}.Value}}" in text:
                    text = text.replace(f"${{{name}.Value}}", f"${{{name}Value}}")
                    names[f"{name}Value"] = value
            return {"Fn::Sub": [text, names] if names else text}
        case dict():
            return {name: inline(value, values) for name, value in node.items()}
        case _:
            return node


def main() -> None:
    path, *overrides = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    values = {name: parameter.get("Default") for name, parameter in template["Parameters"].items()}
    values.update(override.split("=", 1) for override in overrides)

    template = inline(
        template,
        {
            name: resource["Properties"]["Value"]
            for name, resource in template["Resources"].items()
            if resource["Type"] == "AWS::SSM::Parameter"
        },
    )

    # The translator requests the region from boto3's session, to determine the partition.
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    translated = transform(template, values, ManagedPolicies())
    translated.pop("Transform", None)
    json.dump(translated, sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()
