"""Fixtures of the load client's tests: an API in memory."""

from collections.abc import Iterator

import pytest

from client.fake_api import FakeApi, serving


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def endpoint(api: FakeApi) -> Iterator[str]:
    with serving(api) as endpoint:
        yield endpoint
