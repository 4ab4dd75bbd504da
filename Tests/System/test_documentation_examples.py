"""Every Swift example in a documentation comment occurs in a DocumentationExamples.swift, which a test target compiles."""

import re
import textwrap
from pathlib import Path

import pytest

from support.paths import ROOT

EXAMPLE = re.compile(r"^ *///? ```swift\n((?: *///?.*\n)*?) *///? ```$", re.MULTILINE)


def examples() -> list[tuple[str, str]]:
    """The file and the code of each example."""
    found = []
    for path in sorted((ROOT / "Sources").rglob("*.swift")):
        for match in EXAMPLE.finditer(path.read_text(encoding="utf-8")):
            code = re.sub(r"^ *///? ?", "", match[1], flags=re.MULTILINE)
            found.append((str(path.relative_to(ROOT)), code))
    return found


def without_indentation(code: str) -> str:
    return re.sub(r"^ +| +$", "", code, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def tests() -> list[str]:
    """The text of each DocumentationExamples.swift, without indentation."""
    paths: list[Path] = sorted((ROOT / "Tests").rglob("DocumentationExamples.swift"))
    return [without_indentation(path.read_text(encoding="utf-8")) for path in paths]


def test_there_are_examples():
    marked = sum(path.read_text(encoding="utf-8").count("```swift") for path in (ROOT / "Sources").rglob("*.swift"))
    assert len(examples()) == marked > 10


@pytest.mark.parametrize(("path", "code"), examples(), ids=[path for path, _ in examples()])
def test_an_example_is_compiled(path: str, code: str, tests: list[str]):
    assert any(without_indentation(code) in test for test in tests), (
        f"{path}: copy this example into DocumentationExamples.swift of its test target:\n{textwrap.indent(code, '    ')}"
    )
