"""A database that cannot start fails with a message that names the cause."""

import sqlite3
import subprocess
import uuid
from pathlib import Path

import pytest

from dynamodb.database import Database
from dynamodb.schema import definition, table
from support import paths
from support.sockets import listeners


def failed_start(*options: str) -> str:
    done = subprocess.run(
        [paths.executable("bashoutter-local"), "dynamodb", *options], capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "DynamoDbEndpoint" not in done.stdout
    return done.stderr


def test_a_data_directory_of_a_newer_format_is_rejected(tmp_path: Path):
    Database(tmp_path / "data").start().end()
    with sqlite3.connect(tmp_path / "data" / "dynamodb.sqlite") as connection:
        connection.execute("PRAGMA user_version = 1000")
    message = failed_start("--port", "0", "--data", str(tmp_path / "data"))
    assert "was written by a newer version of this program" in message and str(tmp_path / "data") in message


def test_a_data_directory_of_an_older_format_is_migrated(tmp_path: Path):
    """Format 1 is the first, so the only older one is an empty database."""
    (tmp_path / "data").mkdir()
    sqlite3.connect(tmp_path / "data" / "dynamodb.sqlite").execute("PRAGMA user_version = 0").close()
    database = Database(tmp_path / "data").start()
    with table(database.client()) as name:
        assert database.client().scan(TableName=name)["Count"] == 0
    assert database.end() == 0


def test_a_data_directory_from_before_user_version_keeps_its_items(tmp_path: Path):
    """An earlier build recorded format 1 in a table of its database library and left user_version at 0."""
    database = Database(tmp_path / "data").start()
    name = f"t-{uuid.uuid4().hex}"
    database.client().create_table(**definition(name))
    database.client().put_item(TableName=name, Item={"p": {"S": "a"}})
    assert database.end() == 0
    with sqlite3.connect(tmp_path / "data" / "dynamodb.sqlite") as connection:
        connection.executescript(
            "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);"
            "INSERT INTO grdb_migrations VALUES ('1'); PRAGMA user_version = 0"
        )
    database.start()
    database.client().put_item(TableName=name, Item={"p": {"S": "b"}})
    assert database.client().scan(TableName=name)["Count"] == 2
    assert database.end() == 0


def test_the_database_is_one_file_after_shutdown(tmp_path: Path):
    """The connections are closed, so SQLite has moved its write-ahead log into the database."""
    database = Database(tmp_path / "data").start()
    with table(database.client()):
        assert (tmp_path / "data" / "dynamodb.sqlite-wal").stat().st_size > 0
    assert database.end() == 0
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["dynamodb.sqlite", "lock"]


def test_a_file_that_is_not_a_database_is_rejected_with_the_message_of_sqlite(tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "dynamodb.sqlite").write_bytes(b"*" * 8192)
    message = failed_start("--port", "0", "--data", str(tmp_path / "data"))
    assert f"cannot use the data directory {tmp_path / 'data'}: SQLite error 26: file is not a database" in message


def test_a_data_directory_in_use_is_rejected(database: Database):
    message = failed_start("--port", "0", "--data", str(database.directory))
    assert f"another process is using the data directory {database.directory}" in message


def test_a_port_in_use_is_reported(database: Database, tmp_path: Path):
    message = failed_start("--port", str(database.port), "--data", str(tmp_path / "data"))
    assert f"port {database.port} is in use" in message


def test_the_database_listens_on_loopback_only(database: Database):
    listening = listeners(database.process.pid)
    assert database.port in {found.port for found in listening}
    assert {found.address for found in listening} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--port", "70000", "--port must be between 0 and 65535; got 70000."),
        ("--table-transition", "60001", "--table-transition must be between 0 and 60000 milliseconds; got 60001."),
    ],
)
def test_an_option_out_of_range_is_rejected(tmp_path: Path, option: str, value: str, message: str):
    assert message in failed_start(option, value, "--data", str(tmp_path / "data"))
    assert not (tmp_path / "data").exists()
