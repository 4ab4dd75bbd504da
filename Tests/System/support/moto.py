"""
moto's server, which emulates AWS: CloudFormation, Lambda, DynamoDB, S3, SSM and more.

moto's CloudFormation does not support all resource types of the template. This module connects the HTTP API to moto's
API Gateway, the bucket policy to its S3, and the distribution to its CloudFront as far as invalidations need it; the
other types are accepted and recorded.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from moto.apigatewayv2.models import apigatewayv2_backends
from moto.cloudformation import models as cloudformation
from moto.cloudformation import parsing
from moto.cloudfront.models import cloudfront_backends
from moto.core.common_models import CloudFormationModel
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

ACCOUNT = "123456789012"


class StandIn(CloudFormationModel):
    """A resource that is accepted and recorded; subclasses may connect it to one of moto's services."""

    kind = ""
    attributes: dict[str, str] = {}

    def __init__(self, properties: dict):
        self.properties = properties
        self.physical_resource_id = uuid.uuid4().hex[:14].upper()

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.kind

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.attributes

    def get_cfn_attribute(self, attr: str) -> str:
        return self.attributes[attr].format(self.physical_resource_id.lower())

    def is_created(self) -> bool:
        return True

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        return cls(cloudformation_json.get("Properties", {}))

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        original_resource.properties = cloudformation_json.get("Properties", {})
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        pass


class HttpApi(StandIn):
    kind = "AWS::ApiGatewayV2::Api"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        self = cls(cloudformation_json["Properties"])
        backend = apigatewayv2_backends[account_id][region_name]
        api = backend.create_api(
            api_key_selection_expression=None,
            cors_configuration=None,
            description="",
            disable_schema_validation=False,
            disable_execute_api_endpoint=False,
            name=resource_name,
            protocol_type="HTTP",
            route_selection_expression="${request.method} ${request.path}",
            tags={},
            version="",
        )
        self.physical_resource_id = api.api_id
        api.import_api(json.dumps(cloudformation_json["Properties"]["Body"]), fail_on_warnings=False)
        return self

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        api = apigatewayv2_backends[account_id][region_name].get_api(original_resource.physical_resource_id)
        api.import_api(json.dumps(cloudformation_json["Properties"]["Body"]), fail_on_warnings=False)
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        apigatewayv2_backends[account_id][region_name].delete_api(resource_name)


class Stage(StandIn):
    kind = "AWS::ApiGatewayV2::Stage"


class BucketPolicy(StandIn):
    kind = "AWS::S3::BucketPolicy"

    def put(self, account_id: str) -> None:
        document = self.properties["PolicyDocument"]
        # moto ignores conditions, so a conditional Deny would deny everything.
        statements = [one for one in document["Statement"] if one["Effect"] == "Allow"]
        policy = json.dumps({**document, "Statement": statements}).encode()
        s3_backends[account_id]["aws"].put_bucket_policy(self.properties["Bucket"], policy)

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        self = cls(cloudformation_json["Properties"])
        self.put(account_id)
        return self

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        original_resource.properties = cloudformation_json["Properties"]
        original_resource.put(account_id)
        return original_resource


class Alarm(StandIn):
    kind = "AWS::CloudWatch::Alarm"


class Distribution(StandIn):
    kind = "AWS::CloudFront::Distribution"
    attributes = {"DomainName": "{0}.cloudfront.net"}
    etag = location = ""

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
        self = cls(cloudformation_json["Properties"])
        # As much of a distribution as moto needs to accept invalidations.
        self.distribution_id = self.physical_resource_id
        cloudfront_backends[account_id]["aws"].distributions[self.distribution_id] = self
        return self

    def advance(self) -> None:
        pass


class OriginAccessControl(StandIn):
    kind = "AWS::CloudFront::OriginAccessControl"


class CachePolicy(StandIn):
    kind = "AWS::CloudFront::CachePolicy"


class ResponseHeadersPolicy(StandIn):
    kind = "AWS::CloudFront::ResponseHeadersPolicy"


for stand_in in StandIn.__subclasses__():
    # moto discovers only direct subclasses of CloudFormationModel, and caches the result.
    parsing.get_model_list().append(stand_in)
    parsing.get_model_map()[stand_in.kind] = stand_in


def _apply(self: cloudformation.ChangeSet) -> None:
    """Keeps the outputs and parameters of a stack created by a change set, which moto loses."""
    self.stack.resource_map.update(self.template_dict, self.parameters)
    self.stack.template, self.stack.template_dict, self.stack.parameters = (
        self.template,
        self.template_dict,
        self.parameters,
    )
    self.stack.output_map = self.stack._create_output_map()


_clean_json = parsing.clean_json


def _clean(value, resources):
    """Drops AWS::NoValue from lists too, as CloudFormation does."""
    cleaned = _clean_json(value, resources)
    return [element for element in cleaned if element is not None] if isinstance(value, list) else cleaned


parsing.clean_json = _clean  # moto's own function calls it recursively, by its global name.


_parse_and_update = parsing.parse_and_update_resource


def _update(logical_id, resource, resources, *arguments, **options):
    """Keeps a resource whose type moto cannot update, such as a log group; moto would lose it."""
    original = resources[logical_id]
    return _parse_and_update(logical_id, resource, resources, *arguments, **options) or original


_create_change_set = cloudformation.CloudFormationBackend.create_change_set


def _create(self: cloudformation.CloudFormationBackend, stack_name: str, *arguments, **options) -> tuple[str, str]:
    """Adds a change set to the stack that an earlier one left in REVIEW_IN_PROGRESS; moto would add a second stack."""
    in_review = [one for one in self.stacks.values() if one.name == stack_name and one.status == "REVIEW_IN_PROGRESS"]
    change_set_id, stack_id = _create_change_set(self, stack_name, *arguments, **options)
    if not in_review:
        return change_set_id, stack_id
    del self.stacks[stack_id]
    change_set, (stack,) = self.change_sets[change_set_id], in_review
    change_set.stack, change_set.stack_id = stack, stack.stack_id
    return change_set_id, stack.stack_id


@contextmanager
def server() -> Iterator[str]:
    """Runs the server during the context and yields its address. All state is discarded at the end."""
    apply, cloudformation.ChangeSet.apply = cloudformation.ChangeSet.apply, _apply
    parsing.parse_and_update_resource = _update
    cloudformation.CloudFormationBackend.create_change_set = _create
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    address = "http://{}:{}".format(*running.get_host_and_port())
    try:
        yield address
    finally:
        requests.post(f"{address}/moto-api/reset", timeout=60)
        running.stop()
        cloudformation.ChangeSet.apply = apply
        parsing.parse_and_update_resource = _parse_and_update
        cloudformation.CloudFormationBackend.create_change_set = _create_change_set


def stack(name: str, region: str) -> cloudformation.Stack:
    """moto's internal stack object, to inspect or to modify."""
    backend = cloudformation.cloudformation_backends[ACCOUNT][region]
    return next(one for one in backend.stacks.values() if one.name == name)
