#!/usr/bin/env python3
"""
Does to the template what CloudFormation does for its two transforms, for a server that has none (moto).

    transform.py TEMPLATE [NAME=VALUE ...] > FILE

AWS::Serverless-2016-10-31 is done by AWS's own translator, sam-translator. Of AWS::LanguageExtensions the template uses
one thing, references in DeletionPolicy: they become the parameter's value, given as NAME=VALUE or by default.
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
    """What the translator asks IAM for."""

    def load(self) -> dict[str, str]:
        return MANAGED_POLICIES


def main() -> None:
    path, *overrides = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    values = {name: parameter.get("Default") for name, parameter in template["Parameters"].items()}
    values.update(override.split("=", 1) for override in overrides)

    for resource in template["Resources"].values():
        policy = resource.get("DeletionPolicy")
        if isinstance(policy, dict):
            resource["DeletionPolicy"] = values[policy["Ref"]]

    # The translator asks boto3's session for the region, to name the partition.
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    translated = transform(template, values, ManagedPolicies())
    translated.pop("Transform", None)
    json.dump(translated, sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()
