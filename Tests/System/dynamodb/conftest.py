"""
Environment variables and their defaults: DYNAMODB_OPERATIONS (20000, differential test), DYNAMODB_ROUNDS (20, kill -9),
DYNAMODB_ITEMS (100000, big tables), DYNAMODB_SEED (differential test and kill -9; random with EXPLORE=1).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dynamodb.database import Database


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database shared by all tests; each test creates its own tables."""
    running = Database(tmp_path_factory.mktemp("dynamodb") / "data").start()
    yield running
    assert running.end() == 0, running.log()


@pytest.fixture(scope="session")
def client(database: Database):
    return database.client()


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[Database]:
    """A database that the test may kill."""
    running = Database(tmp_path / "data").start()
    yield running
    if running.process:
        running.kill()
