"""
The functions' modules compile without Glibc, as the Swift static Linux SDK, which has Musl, requires.

The SDK need not be installed: a module Musl re-exports Glibc, except for declarations that have another type in Musl, and
in copies of the sources canImport(Glibc) is false. So imports, conditions and those types are checked, but not whether
Musl declares a function.
"""

import re
import subprocess
from pathlib import Path

import pytest

from support.paths import FUNCTIONS, ROOT, executables

LAYERS = ("Support", "AWS", "Bashoutter", "Functions")
# In Glibc these are values of enumerations.
MUSL = """
@_exported import Glibc
public let SOCK_STREAM: Int32 = 1
public let SOCK_DGRAM: Int32 = 2
public let SOCK_CLOEXEC: Int32 = 0o2000000
public let SOCK_NONBLOCK: Int32 = 0o4000
public let IPPROTO_TCP: Int32 = 6
"""


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
def test_glibc_is_imported_only_with_musl_as_an_alternative_and_foundation_never(name: str):
    for file in swift_modules()[name]:
        text = file.read_text(encoding="utf-8")
        alternatives = re.findall(
            r"#if canImport\(Glibc\)\n\s*import Glibc\n\s*#elseif canImport\(Musl\)\n\s*import Musl\n", text
        )
        assert text.count("import Glibc") == len(alternatives), file
        assert "import Foundation" not in text, file


def features() -> list[str]:
    """The language features that Package.swift enables."""
    return re.findall(r'enableUpcomingFeature\("(\w+)"\)', (ROOT / "Package.swift").read_text(encoding="utf-8"))


def scratch() -> Path:
    """The folder of SwiftPM that has the checkouts of the packages."""
    return next(folder for folder in executables().parents if (folder / "checkouts").is_dir())


def test_the_functions_modules_compile_without_glibc(tmp_path: Path):
    modules, (built, checkouts) = swift_modules(), (executables(), scratch() / "checkouts")
    (tmp_path / "Musl.swift").write_text(MUSL)
    maps = [*built.glob("CNIO*.build/module.modulemap"), *checkouts.glob("*/Sources/*/include/module.modulemap")]
    maps += [*ROOT.glob("Sources/*/*/module.modulemap"), *ROOT.glob("Sources/*/*/include/module.modulemap")]
    maps += built.glob("CNameService.build/module.modulemap")
    flags = [
        "swiftc", "-swift-version", "6", "-package-name", "main", "-Xcc", "-w",
        *(f for name in features() for f in ("-enable-upcoming-feature", name)),
        "-I", tmp_path, "-I", built / "Modules",
        *(flag for path in maps for flag in ("-Xcc", f"-fmodule-map-file={path}")),
    ]  # fmt: skip

    def emit(name: str, files: list[Path]) -> None:
        target = tmp_path / f"{name}.swiftmodule"
        library = [] if any(file.name == "main.swift" for file in files) else ["-parse-as-library"]
        done = subprocess.run(
            [*flags, *library, "-module-name", name, "-emit-module", "-emit-module-path", target, *files],
            cwd=tmp_path, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, f"{name}: {done.stderr[-3000:]}"

    emit("Musl", [tmp_path / "Musl.swift"])
    for name in ordered():
        folder = tmp_path / "sources" / name
        folder.mkdir(parents=True)
        for file in modules[name]:
            text = file.read_text(encoding="utf-8").replace("canImport(Glibc)", "canImport(NoGlibc)")
            (folder / file.name).write_text(text, encoding="utf-8")
        emit(name, sorted(folder.iterdir()))
