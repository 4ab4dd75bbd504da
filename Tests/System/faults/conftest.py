"""
Sizes: FAULTS_REQUESTS (random mix, 1500), FAULTS_LIKES (lost replies, 300), FAULTS_SEED (random),
LINEARIZABILITY_ROUNDS (400) and LINEARIZABILITY_FAULTY_ROUNDS (150).
"""

from collections.abc import Iterator

import pytest

from faults.faulty import FaultyStack
from faults.proxy import Proxy
from support.api import Api


@pytest.fixture(scope="module")
def faulty_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyStack]:
    with FaultyStack(tmp_path_factory.mktemp("faulty")) as stack:
        yield stack


@pytest.fixture
def faulty(faulty_stack: FaultyStack) -> Iterator[FaultyStack]:
    """A stack whose functions reach the database through a proxy; no haiku, warm functions, no faults yet."""
    faulty_stack.proxy.reset()
    faulty_stack.remove_everything()
    faulty_stack.warm_up()
    faulty_stack.proxy.reset()
    yield faulty_stack
    faulty_stack.proxy.reset()


@pytest.fixture
def proxy(faulty: FaultyStack) -> Proxy:
    return faulty.proxy


@pytest.fixture
def api(faulty: FaultyStack) -> Api:
    return faulty.client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Shows with a failed test what the stack printed last."""
    report = yield
    if report.failed and (stack := item.funcargs.get("faulty_stack")):
        report.sections.append(("bashoutter-local", stack.stack.tail()))
    return report
