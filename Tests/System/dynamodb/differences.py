"""
Known differences between moto and AWS. Each rule has a test of the same name in test_differences.py, which cites the
AWS page.

A rule may match more than the difference: the differential test does not compare the outcomes of an operation that differ
and that a rule matches. `ours` and `motos` are responses, or `{"error": code, "message": …}`.
"""

CRASH = "moto failed"

PATH_MISSING = "The document path provided in the update expression is invalid for update"
ATTRIBUTE_MISSING = "The provided expression refers to an attribute that does not exist in the item"
WRONG_TYPE = "An operand in the update expression has an incorrect data type"


def _message(outcome: dict) -> str:
    return outcome.get("message") or ""


def moto_fails(operation, parameters, ours, motos) -> bool:
    """moto raises an exception for a condition on a path that does not exist."""
    return motos.get("error") == CRASH or "Bad Filter Expression" in _message(motos)


def paths_are_checked_before_the_condition(operation, parameters, ours, motos) -> bool:
    return _message(ours).startswith("Invalid UpdateExpression: Two document paths ")


def projected_paths_may_not_overlap(operation, parameters, ours, motos) -> bool:
    return _message(ours).startswith("Invalid ProjectionExpression: Two document paths ")


def an_update_has_several_errors(operation, parameters, ours, motos) -> bool:
    """moto reports another of several errors first; the type of the error is the same."""
    faults = (PATH_MISSING, ATTRIBUTE_MISSING, WRONG_TYPE, "Invalid UpdateExpression: Incorrect operand type")
    return operation == "update_item" and _message(ours).startswith(faults) and _message(motos).startswith(faults)


def a_path_element_requires_a_map_or_list(operation, parameters, ours, motos) -> bool:
    """moto accepts a.x where a is a string that contains x."""
    return operation == "update_item" and _message(ours) == PATH_MISSING and "error" not in motos


def a_name_in_a_nested_path_counts_as_used(operation, parameters, ours, motos) -> bool:
    """moto rejects the request, because a name is unused."""
    return "ProjectionExpression" in parameters and "unused in expressions" in _message(motos) and "error" not in ours


def a_missing_attribute_is_not_null(operation, parameters, ours, motos) -> bool:
    is_conditional = any(parameters.get(name) for name in ("ConditionExpression", "FilterExpression"))
    return is_conditional and {"NULL": True} in parameters.get("ExpressionAttributeValues", {}).values()


def a_missing_element_has_no_old_value(operation, parameters, ours, motos) -> bool:
    """moto returns an empty list or map instead."""
    wanted = parameters.get("ReturnValues") in ("UPDATED_OLD", "UPDATED_NEW")
    return wanted and any(step in parameters.get("UpdateExpression", "") for step in ("[", "."))


def an_attribute_set_to_its_own_value_is_updated(operation, parameters, ours, motos) -> bool:
    """moto omits unchanged attributes."""
    wanted = parameters.get("ReturnValues") in ("UPDATED_OLD", "UPDATED_NEW") and "error" not in ours | motos
    returned = ours.get("Attributes", {})
    return wanted and all(returned.get(name) == value for name, value in motos.get("Attributes", {}).items())


def updated_values_omit_the_key(operation, parameters, ours, motos) -> bool:
    """moto adds the key of an item that the update created."""
    rest = {name: value for name, value in motos.get("Attributes", {}).items() if name not in parameters.get("Key", {})}
    return parameters.get("ReturnValues") == "UPDATED_NEW" and rest == ours.get("Attributes", {})


def a_full_page_has_a_last_key(operation, parameters, ours, motos) -> bool:
    """A full page has a LastEvaluatedKey even if nothing follows; moto omits it."""
    rest = {name: value for name, value in ours.items() if name != "LastEvaluatedKey"}
    return "Limit" in parameters and ours.get("ScannedCount") == parameters["Limit"] and rest == motos


def removing_an_attribute_creates_no_item(operation, parameters, ours, motos) -> bool:
    expression = parameters.get("UpdateExpression") or "SET"
    return "SET" not in expression and "ADD" not in expression


RULES = (
    moto_fails,
    paths_are_checked_before_the_condition,
    projected_paths_may_not_overlap,
    an_update_has_several_errors,
    a_path_element_requires_a_map_or_list,
    a_name_in_a_nested_path_counts_as_used,
    a_missing_attribute_is_not_null,
    a_missing_element_has_no_old_value,
    an_attribute_set_to_its_own_value_is_updated,
    updated_values_omit_the_key,
    a_full_page_has_a_last_key,
    removing_an_attribute_creates_no_item,
)


def is_known(operation: str, parameters: dict, ours: dict, motos: dict) -> bool:
    return ours != motos and any(rule(operation, parameters, ours, motos) for rule in RULES)
