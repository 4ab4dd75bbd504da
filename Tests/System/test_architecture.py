"""ARCHITECTURE.md describes the modules as Package.swift declares them, and the sources import only declared modules."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from support.paths import FUNCTIONS, ROOT

# From the top down: a module may use modules of its own layer and of the layers below it.
LAYERS = ("Functions", "Bashoutter", "AWS", "Support")
# Not linked into a function.
TOOLS = ("LocalStack", "LoadClient")


@cache
def targets() -> dict[str, dict]:
    """The package's targets by name, as SwiftPM reads the manifest."""
    command = ["swift", "package", "--scratch-path", ROOT / ".build" / "architecture", "dump-package"]
    manifest = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {target["name"]: target for target in json.loads(manifest)["targets"]}


def modules() -> dict[str, dict]:
    """The targets below Sources/."""
    return {name: target for name, target in targets().items() if target["path"].startswith("Sources/")}


def layer(name: str) -> str:
    return targets()[name]["path"].split("/")[1]


@cache
def dependencies(name: str) -> set[str]:
    """The modules, executables and packages that Package.swift declares for a module."""
    found = set()
    for dependency in targets()[name]["dependencies"]:
        # {"byName": ["JSON", null]} or {"product": ["NIOCore", "swift-nio", null, null]}
        [(kind, values)] = dependency.items()
        found.add(values[1] if kind == "product" else values[0])
    return found


def executables(name: str) -> set[str]:
    """The executables that SwiftPM builds before a module. It does not link them to it."""
    return {used for used in dependencies(name) & set(targets()) if targets()[used]["type"] == "executable"}


def declared(name: str) -> set[str]:
    """The modules and packages that Package.swift lets a module use."""
    return dependencies(name) - executables(name)


def documented() -> dict[str, tuple[str, set[str]]]:
    """The layer of each module in ARCHITECTURE.md, and what it may use."""
    rows: dict[str, tuple[str, set[str]]] = {}
    section = ""
    for line in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"### `Sources/(\w+)`", line):
            section = heading[1]
        elif line.startswith("#"):
            section = ""
        elif section and line.startswith("| `"):
            names, _, uses = (cell.strip() for cell in line.strip("|").split("|"))
            for name in re.findall(r"`([\w-]+)`", names):
                assert name not in rows, f"{name} is listed twice"
                rows[name] = (section, set(re.findall(r"`([\w.-]+)`", uses)))
    return rows


def test_every_module_is_documented_in_its_layer_with_what_it_may_use():
    expected = {name: (layer(name), declared(name)) for name in modules()}
    assert documented() == expected


def test_modules_use_only_their_own_layer_and_those_below():
    for name in modules():
        for used in declared(name) & set(targets()):
            if layer(name) in LAYERS:
                assert layer(used) in LAYERS[LAYERS.index(layer(name)) :], f"{name} uses {used}"
            else:
                assert layer(used) in (layer(name), *LAYERS[1:]), f"{name} uses {used}"


def test_script_server_builds_what_it_runs():
    assert "script/build --target ServerExecutables\n" in (ROOT / "script" / "server").read_text(encoding="utf-8")
    assert executables("ServerExecutables") == {"bashoutter-local", *FUNCTIONS}
    assert [name for name in modules() if name != "ServerExecutables" and executables(name)] == []


def closure(name: str) -> set[str]:
    found = declared(name) & set(targets())
    return found.union(*(closure(used) for used in found))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_links_neither_the_local_stack_nor_the_load_client(function: str):
    linked = closure(function)
    assert "HaikuAPI" in linked
    assert {layer(name) for name in linked}.isdisjoint(TOOLS)


IMPORT = re.compile(r"^\s*(?:@\w+ )*(?:public |package |internal |private |fileprivate )?import (?:\w+ )?(\w+)", re.MULTILINE)


def imported(name: str) -> set[str]:
    sources = (ROOT / targets()[name]["path"]).rglob("*.swift")
    return {module for source in sources for module in IMPORT.findall(source.read_text(encoding="utf-8"))}


def test_the_sources_import_only_declared_modules():
    undeclared = {name: (imported(name) & set(targets())) - declared(name) for name in modules()}
    assert {name: extra for name, extra in undeclared.items() if extra} == {}


def test_package_swift_declares_no_module_that_the_sources_do_not_import():
    unused = {name: (declared(name) & set(targets())) - imported(name) for name in modules()}
    # A C module includes headers instead.
    assert {name: extra for name, extra in unused.items() if extra and not name.startswith("C")} == {}


def test_the_unit_tests_mirror_the_sources():
    for name, target in targets().items():
        if target["type"] == "test":
            module = name.removesuffix("Tests")
            assert Path(target["path"]) == Path("Tests") / layer(module) / name
