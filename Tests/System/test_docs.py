"""The figures of README.md are what their formulas give, and what docs/operations.md names exists."""

import re

import pytest

from support import template
from support.paths import ROOT

COST = (ROOT / "README.md").read_text(encoding="utf-8").split("## What it costs to run", 1)[1]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

NUMBER = r"\d[\d,]*(?:\.\d+)?"
FORMULA = re.compile(rf"({NUMBER}(?: [×+/] {NUMBER})+) = ({NUMBER})")
FORMULAS = FORMULA.findall(COST)


def value(text: str) -> float:
    # Only digits, points and operators are left by the pattern.
    return eval(text.replace(",", "").replace("×", "*"))


def test_there_are_formulas():
    assert len(FORMULAS) > 40


@pytest.mark.parametrize(("formula", "result"), FORMULAS, ids=[formula for formula, _ in FORMULAS])
def test_a_figure_is_what_its_formula_gives(formula: str, result: str):
    digits = len(result.partition(".")[2])
    assert abs(value(formula) - value(result)) <= 0.5 * 10**-digits + 1e-9


def test_each_total_adds_what_stands_above_it():
    for block in re.split(r"\n\n", COST):
        rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in block.splitlines() if row.startswith("|")]
        if not rows or not rows[-1][0].startswith("**together"):
            continue
        for column in range(1, 4):
            parts = [FORMULA.search(row[column]).group(2) for row in rows[2:-1]]
            assert " + ".join(parts) in rows[-1][column]


def test_every_parameter_that_is_named_exists():
    known = set(template.template()["Parameters"])
    named = set(re.findall(r"--param `?(\w+)=", COST + OPERATIONS)) | set(
        re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)(?:=[^`]*)?`", COST + OPERATIONS)
    )
    assert {name for name in named if name not in known} <= {"ProvisionedThroughput"}


def test_every_log_group_and_every_alarm_is_in_operations():
    for group in template.resources("AWS::Logs::LogGroup").values():
        name = group["Properties"]["LogGroupName"]["Fn::Sub"].replace("${AWS::StackName}", "bashoutter")
        prefix, _, last = name.rpartition("-")
        assert name in OPERATIONS or (prefix in OPERATIONS and f"`-{last}`" in OPERATIONS)
    for alarm in template.resources("AWS::CloudWatch::Alarm"):
        assert f"| {alarm.removesuffix('Alarm')} |" in OPERATIONS
