"""
Random operations through boto3 against the embedded DynamoDB and against moto; results and errors must be the same.

Cases in which moto differs from AWS are excluded here and tested in test_differences.py. DYNAMODB_OPERATIONS sets the
number of operations, DYNAMODB_SEED repeats a run, and DYNAMODB_SHRINK=1 minimizes a failing example, which takes
minutes.
"""

import json
import multiprocessing
import os
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

import boto3
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from moto import mock_aws

from dynamodb import differences, strategies
from dynamodb.database import Database
from dynamodb.schema import definition, index
from dynamodb.strategies import Placeholders
from support import aws, parameters
from support.parameters import size

STEPS = 50
"""Operations on one table before the next is created."""

done = 0
"""The number of operations so far."""


def canonical(value):
    """Sorts the members of sets, so that equal values compare equal."""
    if isinstance(value, dict):
        return {key: sorted(inner) if key in ("SS", "NS", "BS") else canonical(inner) for key, inner in value.items()}
    return [canonical(one) for one in value] if isinstance(value, list) else value


def by_key(item: dict) -> str:
    return json.dumps(canonical(item), sort_keys=True, default=repr)


def outcome(client, operation: str, parameters: dict):
    try:
        response = getattr(client, operation)(**parameters)
    except ClientError as error:
        found = {"error": error.response["Error"]["Code"], "message": error.response["Error"].get("Message")}
        return {**found, "item": canonical(error.response["Item"])} if "Item" in error.response else found
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # moto runs in this process, and some requests make it raise.
        return {"error": differences.CRASH, "message": repr(error)}
    # moto reports consumed capacity even if it is not requested.
    for member in ("ResponseMetadata", "ConsumedCapacity", "ItemCollectionMetrics"):
        response.pop(member, None)
    return canonical(response)


class Comparison(RuleBasedStateMachine):
    ours = None
    motos = None

    @initialize()
    def create(self):
        parameters = definition(
            "", "p:S", "s:N", "g:S", "n:N",
            indexes=[index("g-n", "g", "n"), index("keys", "g", projection="KEYS_ONLY"), index("some", "g", "n", "a")],
        )  # fmt: skip
        self.table = parameters["TableName"]
        for client in (self.ours, self.motos):
            client.create_table(**parameters)

    def teardown(self):
        if hasattr(self, "table"):
            for client in (self.ours, self.motos):
                client.delete_table(TableName=self.table)

    def compare(self, operation: str, normalize=lambda response: response, **parameters):
        global done
        done += 1
        if "RequestItems" not in parameters:
            parameters["TableName"] = self.table
        note(f"{operation}(**{parameters!r})")
        ours = outcome(self.ours, operation, parameters)
        motos = outcome(self.motos, operation, parameters)
        if differences.is_known(operation, parameters, ours, motos):
            return None
        if "error" not in ours and "error" not in motos:
            ours, motos = normalize(ours), normalize(motos)
        assert ours == motos, f"ours: {ours}\nmoto's: {motos}"
        return ours

    # Items

    @rule(item=strategies.items, data=st.data(), old=st.booleans(), conditional=st.booleans())
    def put(self, item, data, old, conditional):
        placeholders, options = Placeholders(), {}
        if conditional:
            options["ConditionExpression"] = data.draw(strategies.conditions(placeholders))
            options["ReturnValuesOnConditionCheckFailure"] = data.draw(st.sampled_from(("ALL_OLD", "NONE")))
        returns = "ALL_OLD" if old else "NONE"
        put = self.compare("put_item", Item=item, ReturnValues=returns, **options, **placeholders.parameters())
        if put is None:
            self.align({"p": item["p"], "s": item["s"]})

    @rule(key=strategies.keys, data=st.data(), conditional=st.booleans())
    def update(self, key, data, conditional):
        placeholders, options = Placeholders(), {}
        options["UpdateExpression"] = data.draw(strategies.updates(placeholders))
        if conditional:
            options["ConditionExpression"] = data.draw(strategies.conditions(placeholders, 1))
        returns = data.draw(st.sampled_from(("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")))
        changed = self.compare("update_item", Key=key, ReturnValues=returns, **options, **placeholders.parameters())
        if changed is None or differences.removing_an_attribute_creates_no_item("update_item", options, {}, {}):
            self.align(key)

    @rule(key=strategies.keys, data=st.data(), old=st.booleans(), conditional=st.booleans())
    def delete(self, key, data, old, conditional):
        placeholders, options = Placeholders(), {}
        if conditional:
            options["ConditionExpression"] = data.draw(strategies.conditions(placeholders, 1))
        returns = "ALL_OLD" if old else "NONE"
        if self.compare("delete_item", Key=key, ReturnValues=returns, **options, **placeholders.parameters()) is None:
            self.align(key)

    @rule(key=strategies.keys, data=st.data(), projected=st.booleans())
    def get(self, key, data, projected):
        placeholders, options = Placeholders(), {}
        if projected:
            chosen = data.draw(st.lists(strategies.paths(placeholders), min_size=1, max_size=2))
            options["ProjectionExpression"] = ", ".join(chosen)
        self.compare("get_item", Key=key, ConsistentRead=True, **options, **placeholders.parameters())

    @rule(items=st.lists(strategies.items, max_size=4), deleted=st.lists(strategies.keys, max_size=3))
    def write_batch(self, items, deleted):
        requests = {}
        for item in items:
            requests[item["p"]["S"], item["s"]["N"]] = {"PutRequest": {"Item": item}}
        for key in deleted:
            requests[key["p"]["S"], key["s"]["N"]] = {"DeleteRequest": {"Key": key}}
        requests = list(requests.values())
        if requests:
            self.compare("batch_write_item", RequestItems={self.table: requests})

    @rule(keys=st.lists(strategies.keys, min_size=1, max_size=5, unique_by=str))
    def get_batch(self, keys):
        def normalize(response):
            items = sorted(response["Responses"].get(self.table, []), key=by_key)
            return {**response, "Responses": {self.table: items}}

        self.compare("batch_get_item", normalize, RequestItems={self.table: {"Keys": keys}})

    def align(self, key):
        """Copies the item to moto after an operation on which the two differ."""
        item = self.ours.get_item(TableName=self.table, Key=key).get("Item")
        if item:
            self.motos.put_item(TableName=self.table, Item=item)
        else:
            self.motos.delete_item(TableName=self.table, Key=key)

    # Pages

    @rule(
        partition=strategies.partitions, data=st.data(), forward=st.booleans(), limit=st.none() | st.integers(1, 4),
        name=st.sampled_from((None, None, "g-n", "keys", "some")), filtered=st.booleans(), count=st.booleans(),
    )  # fmt: skip
    def query(self, partition, data, forward, limit, name, filtered, count):
        placeholders, options = Placeholders(), {"ScanIndexForward": forward}
        hash_key, sort_key = ("p", "s") if name is None else ("g", None if name == "keys" else "n")
        condition = f"{hash_key} = {placeholders.value(partition)}"
        if sort_key and data.draw(st.booleans()):
            comparator = data.draw(st.sampled_from(("=", "<", "<=", ">", ">=", "BETWEEN")))
            if comparator == "BETWEEN":
                low, high = sorted(
                    (data.draw(strategies.sorts), data.draw(strategies.sorts)), key=lambda one: float(one["N"])
                )
                condition += f" AND {sort_key} BETWEEN {placeholders.value(low)} AND {placeholders.value(high)}"
            else:
                condition += f" AND {sort_key} {comparator} {placeholders.value(data.draw(strategies.sorts))}"
        options["KeyConditionExpression"] = condition
        if filtered:
            options["FilterExpression"] = data.draw(strategies.conditions(placeholders))
        if name:
            options["IndexName"] = name
        if count:
            options["Select"] = "COUNT"
        # Items with equal index keys have no defined order, so a limit would make the pages differ.
        if name is None and limit:
            options["Limit"] = limit

        def normalize(response):
            if name is None or "Items" not in response:
                return response
            sort = [item[sort_key]["N"] for item in response["Items"]] if sort_key else []
            return {**response, "Items": sorted(response["Items"], key=by_key), "Order": sort}

        response = self.compare("query", normalize, **options, **placeholders.parameters())
        while response and "error" not in response and "LastEvaluatedKey" in response:
            start = response["LastEvaluatedKey"]
            response = self.compare("query", normalize, ExclusiveStartKey=start, **options, **placeholders.parameters())

    @rule(
        data=st.data(),
        name=st.sampled_from((None, "g-n", "keys", "some")),
        filtered=st.booleans(),
        segments=st.integers(1, 3),
    )
    def scan(self, data, name, filtered, segments):
        global done
        placeholders, options = Placeholders(), {"TableName": self.table}
        if filtered:
            options["FilterExpression"] = data.draw(strategies.conditions(placeholders))
        if name:
            options["IndexName"] = name
        options |= placeholders.parameters()
        note(f"scan(**{options!r})")
        done += 1
        ours = []
        for segment in range(segments):
            parts = {"Segment": segment, "TotalSegments": segments, "Limit": 2}
            ours += [outcome(self.ours, "scan", {**options, **parts})]
            while "LastEvaluatedKey" in ours[-1]:
                ours += [
                    outcome(self.ours, "scan", {**options, **parts, "ExclusiveStartKey": ours[-1]["LastEvaluatedKey"]})
                ]
        motos = outcome(self.motos, "scan", options)
        whole = ours[0]
        if "error" not in whole:
            whole = {
                "Items": sorted((item for page in ours for item in page["Items"]), key=by_key),
                "Count": sum(page["Count"] for page in ours),
                "ScannedCount": sum(page["ScannedCount"] for page in ours),
            }
        if "error" not in motos:
            motos["Items"].sort(key=by_key)
        assert whole == motos or differences.is_known("scan", options, whole, motos), f"{whole}\nmoto's: {motos}"


def explore(endpoint: str, operations: int, chosen: int) -> tuple[int, str]:
    """Runs random operations; returns their number and the report of a failure, if any."""
    phases = [Phase.generate, Phase.shrink] if size("DYNAMODB_SHRINK", 0) else [Phase.generate]
    passthrough = {"core": {"passthrough": {"urls": [rf"{endpoint}.*"]}}}
    with mock_aws(config=passthrough):
        Comparison.ours = aws.client("dynamodb", endpoint)
        Comparison.motos = boto3.client(
            "dynamodb", region_name=aws.REGION, aws_access_key_id="local", aws_secret_access_key="local"
        )
        while done < operations:
            options = settings(
                max_examples=max((operations - done) // STEPS, 1), stateful_step_count=STEPS, deadline=None,
                database=None, phases=phases, suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            try:
                run_state_machine_as_test(seed(chosen)(Comparison), settings=options)
            except BaseException:  # noqa: BLE001  the test reports any exception
                return done, traceback.format_exc()
            chosen += 1
    return done, ""


def test_random_operations_have_the_same_results_as_with_moto(database: Database):
    operations = size("DYNAMODB_OPERATIONS", 20_000)
    chosen = parameters.seed("DYNAMODB_SEED")
    start = time.monotonic()
    workers = min(os.cpu_count() or 1, 4)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = [
            pool.submit(explore, database.endpoint, operations // workers, chosen + 1000 * i) for i in range(workers)
        ]
        results = [part.result() for part in parts]
    print(f"{sum(count for count, _ in results)} operations in {time.monotonic() - start:.0f} s")
    found = [report for _, report in results if report]
    assert not found, f"DYNAMODB_SEED={chosen}\n{found[0]}"
    assert sum(count for count, _ in results) >= operations // workers * workers
