"""Fixtures of the system tests: the local stack, run as a user runs it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.api import Api
from support.stack import Stack

_stacks: list[Stack] = []


def _new_stack(folder: Path, *options: str, **settings) -> Stack:
    stack = Stack(folder / "data", folder / "stack.log", *options, **settings)
    _stacks.append(stack)
    return stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One bashoutter-local for all tests, see support/stack.py. Leave it running; it may hold any data."""
    # Every test shows that the actions of the template's policies are enough: the database refuses all others.
    stack = _new_stack(tmp_path_factory.mktemp("stack"), "--enforce-iam").start()
    yield stack
    stack.close()


@pytest.fixture
def empty_stack(stack: Stack) -> Stack:
    """The same stack, running, with no haiku in it."""
    if not stack.is_running():
        stack.process = None
        stack.start()
    stack.client.remove_everything()
    return stack


@pytest.fixture
def fresh_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Stack]]:
    """Makes stacks of the test's own: `fresh_stack("--concurrency", "1", environment={…}).start()`."""
    mine: list[Stack] = []

    def make(*options: str, **settings) -> Stack:
        mine.append(_new_stack(tmp_path_factory.mktemp("fresh"), *options, **settings))
        return mine[-1]

    yield make
    for stack in mine:
        stack.close()
        _stacks.remove(stack)


@pytest.fixture
def api(empty_stack: Stack) -> Api:
    """A client of the empty stack; every reply is checked against openapi/bashoutter.yaml."""
    return empty_stack.client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Shows with a failed test what its stacks printed last."""
    report = yield
    if report.failed:
        for stack in _stacks:
            report.sections.append((f"bashoutter-local, {stack.log}", stack.tail()))
    return report
