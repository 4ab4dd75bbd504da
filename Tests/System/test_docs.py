"""
The documents are true where that can be checked: links and paths resolve, cited tests and code exist, figures follow from
their formulas, and the operations guide matches the template.
"""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from support import template
from support.paths import ROOT

# The folders that building, testing and using the project leave behind, and .git.
IGNORED = re.compile(r"\.build.*|\.bashoutter.*|\.git|\.venv|\.swiftpm|__pycache__|\.\w+_cache|\.hypothesis|dist|screenshots")


@cache
def files() -> frozenset[str]:
    """The project's files, relative to its root."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not IGNORED.fullmatch(name)]
        found += [str((Path(folder) / name).relative_to(ROOT)) for name in names]
    return frozenset(found)


DOCUMENTS = sorted(path for path in files() if path.endswith(".md"))
COSTS = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
SCALING = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

every_document = pytest.mark.parametrize("document", DOCUMENTS)


def read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def prose(document: str) -> str:
    """The document without its code blocks."""
    return re.sub(r"^( *)```.*?^\1```$", "", read(document), flags=re.MULTILINE | re.DOTALL)


# Links and paths


def anchors(document: str) -> set[str]:
    """The anchors of the document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(document: str) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", prose(document))


@every_document
def test_every_relative_link_resolves(document: str):
    broken = []
    for link in links(document):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = ((ROOT / document).parent / path).resolve() if path else ROOT / document
        is_anchor_missing = anchor and anchor not in anchors(str(target.relative_to(ROOT)))
        if not target.exists() or is_anchor_missing:
            broken.append(link)
    assert broken == []


SUFFIX = "bash|css|html|js|json|ld|md|py|sha256|sh|supp|swift|toml|txt|yaml|yml"
PATH = re.compile(rf"[\w.+-]+(?:/[\w.+*-]+)+/?|[\w+-]+\.(?:{SUFFIX})|[\w-]+/")
# Paths that appear while the project is built, tested or used.
GENERATED = (".bashoutter", ".build", ".venv", "dist", "event.json", "load.svg", "response.json")
# Files of other projects that the documents mention, and things that look like paths.
FOREIGN = {"client.py", "resolv.conf"}


def paths(document: str) -> set[str]:
    """What the document names as a path, in backticks."""
    spans = re.findall(r"`([^`\n]+)`", prose(document))
    return {word for span in spans for word in [span.split()[0]] if PATH.fullmatch(word)}


def exists(path: str, document: str) -> bool:
    name = path.rstrip("/")
    if "/" not in path and any(file.rsplit("/", 1)[-1] == name for file in files()):
        return True
    if "*" in name:
        return any(True for _ in ROOT.glob(name))
    bases = (ROOT / document).parent, ROOT, ROOT / "Tests" / "System"
    return any((base / name).exists() for base in bases)


@every_document
def test_every_path_in_backticks_exists(document: str):
    named = {path for path in paths(document) if path not in FOREIGN and not path.startswith((*GENERATED, "../"))}
    assert sorted(path for path in named if not exists(path, document)) == []


@every_document
def test_every_cited_test_exists(document: str):
    cited = set(re.findall(r"`(?:[\w/.]+::)?(test_\w+)`", prose(document)))
    suites = set(re.findall(r"`(\w+Tests)`", prose(document)))
    python = "\n".join(read(path) for path in files() if path.startswith("Tests/System/") and path.endswith(".py"))
    swift = {part for path in files() if path.startswith("Tests/") for part in path.split("/")[:-1]} | {
        Path(path).stem for path in files() if path.startswith("Tests/") and path.endswith(".swift")
    }
    missing = {name for name in cited if f"def {name}(" not in python} | (suites - swift)
    assert sorted(missing) == []


CITING = ["ARCHITECTURE.md", "docs/verification.md", *(path for path in DOCUMENTS if path.startswith("docs/decisions/"))]
CODE = ("Sources/", "Tests/", "Benchmarks/", "web/", "infra/", "openapi/", "script/", "Package.swift")
# What is quoted without being code of the project: inputs of tests, options and names of other programs.
QUOTED = {"[::1].evil.example", "localhost:8080.evil.example", "-static-stdlib"}


@cache
def code() -> str:
    """The text of all sources, and their names."""
    paths = [path for path in files() if path.startswith(CODE) and not path.startswith("Tests/Fuzzing/Corpus/")]
    return "\n".join([*paths, *((ROOT / path).read_text(encoding="utf-8", errors="replace") for path in paths)])


@pytest.mark.parametrize("document", CITING)
def test_every_piece_of_code_that_is_cited_exists(document: str):
    spans = set(re.findall(r"`([^`\n]+)`", prose(document))) - paths(document) - QUOTED
    # `script/fuzz json` is a command with an argument, and `SHA256_*` stands for several names.
    cited = {span: span.split()[-1] if span.startswith("script/") else span.rstrip("*") for span in spans}
    assert sorted(span for span, text in cited.items() if text not in code() and "…" not in text) == []


# Form


def test_the_readme_is_short_and_its_commands_can_be_pasted():
    for document in ("README.md", "README.ja.md"):
        assert len(read(document).splitlines()) <= 120
    for document in DOCUMENTS:
        assert not re.search(r"^\s*\$ ", read(document), re.MULTILINE), document


def test_both_readmes_have_the_same_commands_and_links():
    def blocks(document: str) -> list[str]:
        found = re.findall(r"^```sh\n(.*?)^```$", read(document), re.MULTILINE | re.DOTALL)
        return [re.sub(r" +#.*", "", block) for block in found]

    assert blocks("README.md") == blocks("README.ja.md")
    swapped = {"README.md": "README.ja.md", "README.ja.md": "README.md"}
    assert links("README.md") == [swapped.get(link, link) for link in links("README.ja.md")]


def test_no_table_cell_of_the_verification_report_is_long():
    rows = [line for line in read("docs/verification.md").splitlines() if line.startswith("|")]
    assert [cell for row in rows for cell in row.split("|") if len(cell.strip()) > 200] == []


def test_the_minimum_swift_version_is_the_same_everywhere():
    [version] = re.findall(r"^swift_version=(\S+)$", read("script/bootstrap"), re.MULTILINE)
    for document in ("README.md", "README.ja.md", "CONTRIBUTING.md"):
        assert set(re.findall(r"Swift (\d+\.\d+)", read(document))) == {version}, document
    assert f"swift:{version}-" in read(".github/workflows/ci.yml")


def test_the_ci_workflow_conforms_to_githubs_schema():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    workflow = ROOT / ".github" / "workflows" / "ci.yml"
    result = subprocess.run([*command, workflow], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


# Figures

NUMBER = r"\d[\d,]*(?:\.\d+)?"
FORMULA = re.compile(rf"({NUMBER}(?: [×+/] {NUMBER})+) = ({NUMBER})")
FORMULAS = FORMULA.findall(COSTS + SCALING)


def value(text: str) -> float:
    # Only digits, points and operators are left by the pattern.
    return eval(text.replace(",", "").replace("×", "*"))


def test_the_documents_contain_formulas():
    assert len(FORMULAS) > 40


@pytest.mark.parametrize(("formula", "result"), FORMULAS, ids=[formula for formula, _ in FORMULAS])
def test_a_figure_follows_from_its_formula(formula: str, result: str):
    digits = len(result.partition(".")[2])
    assert abs(value(formula) - value(result)) <= 0.5 * 10**-digits + 1e-9


def test_each_total_adds_the_rows_above_it():
    totals = 0
    for block in re.split(r"\n\n", COSTS):
        rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in block.splitlines() if row.startswith("|")]
        if not rows or not rows[-1][0].startswith("**total"):
            continue
        for column in range(1, 4):
            parts = [FORMULA.search(row[column]).group(2) for row in rows[2:-1]]
            assert " + ".join(parts) in rows[-1][column]
            totals += 1
    assert totals == 6


# The template


def test_every_parameter_that_is_named_exists():
    text = COSTS + SCALING + OPERATIONS
    known = set(template.template()["Parameters"])
    named = set(re.findall(r"--param `?(\w+)=", text)) | set(
        re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)(?:=[^`]*)?`", text)
    )
    assert {name for name in named if name not in known} <= {"ProvisionedThroughput"}


def test_every_log_group_and_every_alarm_is_in_the_operations_guide():
    for group in template.resources("AWS::Logs::LogGroup").values():
        name = group["Properties"]["LogGroupName"]["Fn::Sub"].replace("${AWS::StackName}", "bashoutter")
        prefix, _, last = name.rpartition("-")
        assert name in OPERATIONS or (prefix in OPERATIONS and f"`-{last}`" in OPERATIONS)
    for alarm in template.resources("AWS::CloudWatch::Alarm"):
        assert f"| {alarm.removesuffix('Alarm')} |" in OPERATIONS
