"""
Fixtures of the tests with a proxy between the functions and the database.

Environment variables and their defaults: FAULTS_REQUESTS (1500, random faults), FAULTS_LIKES (300, lost responses),
FAULTS_SEED (fixed; random with EXPLORE=1), LINEARIZABILITY_ROUNDS (400) and LINEARIZABILITY_FAULTY_ROUNDS (150).
"""

from collections.abc import Iterator

import pytest

from faults.proxy import Proxy
from faults.stack_with_proxy import StackWithProxy
from support.api import Api


@pytest.fixture(scope="module")
def stack_with_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackWithProxy]:
    with StackWithProxy(tmp_path_factory.mktemp("stack_with_proxy")) as stack:
        yield stack


@pytest.fixture
def proxied(stack_with_proxy: StackWithProxy) -> Iterator[StackWithProxy]:
    """A stack without haiku whose warm functions reach the database through a proxy, which injects no faults yet."""
    stack_with_proxy.proxy.reset()
    stack_with_proxy.remove_everything()
    stack_with_proxy.warm_up()
    stack_with_proxy.proxy.reset()
    yield stack_with_proxy
    stack_with_proxy.proxy.reset()


@pytest.fixture
def proxy(proxied: StackWithProxy) -> Proxy:
    return proxied.proxy


@pytest.fixture
def api(proxied: StackWithProxy) -> Api:
    return proxied.client
