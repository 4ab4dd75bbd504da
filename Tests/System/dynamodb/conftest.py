"""
Sizes: DYNAMODB_OPERATIONS (differential test, 20000), DYNAMODB_ROUNDS (kill -9, 20), DYNAMODB_ITEMS (big tables,
100000), DYNAMODB_SEED (differential test, random).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dynamodb.database import Database


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all tests; each makes its own tables."""
    running = Database(tmp_path_factory.mktemp("dynamodb") / "data").start()
    yield running
    assert running.end() == 0, running.log()


@pytest.fixture(scope="session")
def client(database: Database):
    return database.client()


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[Database]:
    """A database that the test may kill."""
    mine = Database(tmp_path / "data").start()
    yield mine
    if mine.process:
        mine.kill()
