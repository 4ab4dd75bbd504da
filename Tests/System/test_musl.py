"""The functions' modules import Musl where Glibc is missing, as the Swift static Linux SDK requires."""

import re
from pathlib import Path

import pytest

from support.paths import FUNCTIONS, ROOT

LAYERS = ("Support", "AWS", "Bashoutter", "Functions")


def swift_modules() -> dict[str, list[Path]]:
    """The Swift files of each module in LAYERS."""
    folders = [folder for layer in LAYERS for folder in (ROOT / "Sources" / layer).iterdir() if folder.is_dir()]
    found = {folder.name: sorted(folder.rglob("*.swift")) for folder in folders}
    return {name: files for name, files in found.items() if files}


def imports(files: list[Path]) -> set[str]:
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return set(re.findall(r"^\s*(?:package |public |internal |private )?import (?:\w+ )?(\w+)", text, re.MULTILINE))


def ordered() -> list[str]:
    """The modules of the functions, each after those that it imports."""
    modules, order = swift_modules(), []

    def visit(name: str) -> None:
        if name in modules and name not in order:
            for other in sorted(imports(modules[name]) - {name}):
                visit(other)
            order.append(name)

    for function in FUNCTIONS:
        visit(function)
    return order


@pytest.mark.parametrize("name", ordered())
def test_every_import_of_glibc_has_an_alternative(name: str):
    for file in swift_modules()[name]:
        text = file.read_text(encoding="utf-8")
        alternatives = re.findall(
            r"#if canImport\(Glibc\)\n\s*import Glibc\n\s*#elseif canImport\(Musl\)\n\s*import Musl\n", text
        )
        assert text.count("import Glibc") == len(alternatives), file
        assert "import Foundation" not in text, file
