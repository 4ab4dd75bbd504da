"""Fixtures of the system tests: local stacks, dist/, a project to deploy, and an emulated AWS account."""

import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support import aws_cli
from support.api import Api
from support.deployable import Deployable
from support.paths import ROOT
from support.stack import Stack, opened


def _new_stack(folder: Path, *options: str, **settings) -> Stack:
    return Stack(folder / "data", folder / "stack.log", *options, **settings)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One bashoutter-local that the tests of a pytest process share. Leave it running; it may hold any data."""
    # With --enforce-iam, every test also verifies that the template's policies allow what the functions need.
    stack = _new_stack(tmp_path_factory.mktemp("stack"), "--enforce-iam").start()
    yield stack
    stack.close()


@pytest.fixture
def empty_stack(stack: Stack) -> Stack:
    """The shared stack without any haiku; started again if a test has stopped it."""
    if not stack.is_running():
        stack.process = None
        stack.start()
    stack.client.remove_everything()
    return stack


@pytest.fixture
def fresh_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Stack]]:
    """A factory of stacks private to the test: `fresh_stack("--concurrency", "1", environment={…}).start()`."""
    created: list[Stack] = []

    def make(*options: str, **settings) -> Stack:
        created.append(_new_stack(tmp_path_factory.mktemp("fresh"), *options, **settings))
        return created[-1]

    yield make
    for stack in created:
        stack.close()


@pytest.fixture
def api(empty_stack: Stack) -> Api:
    """A client of the empty stack; every response is checked against openapi/bashoutter.yaml."""
    return empty_stack.client


@pytest.fixture(scope="module")
def dist() -> Iterator[Path]:
    """The folder dist/ of this checkout, which one module at a time may use: test modules run side by side."""
    folder = ROOT / "dist"
    folder.mkdir(exist_ok=True)
    with open(ROOT / ".build" / "dist.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployable]:
    """A copy of what script/deploy needs, with tiny functions and an AWS CLI that starts at once."""
    project = Deployable.create(tmp_path_factory.mktemp("deployable"))
    with aws_cli.command(project.tools):
        yield project


@pytest.fixture
def account() -> Iterator[str]:
    """The address of an empty AWS account, emulated by moto."""
    from support import moto  # The import takes a second, and most tests do not need it.

    with moto.server() as address:
        yield address


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Adds the last output of every open stack to the report of a failed test."""
    report = yield
    if report.failed:
        for stack in opened:
            report.sections.append((f"bashoutter-local, {stack.log}", stack.tail()))
    return report
