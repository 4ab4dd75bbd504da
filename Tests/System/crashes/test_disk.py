"""Full and read-only disks: the stack reports them, loses no data, and recovers when space is freed."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crashes.clients import ConcurrentClients
from crashes.consistency import check_list
from support.api import Api, item_id
from support.parameters import seed
from support.processes import wait_until
from support.stack import Stack
from test_start import assert_start_fails

POEM = {"username": "正岡子規", "first": "柿くへば", "second": "鐘が鳴るなり", "third": "法隆寺"}


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Mounts a file system during the context: `mounted(folder, "-t", "tmpfs", "-o", "size=8m", "tmpfs")`."""
    if os.geteuid() != 0:
        pytest.skip("mounting a file system requires root")
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"mounting is not permitted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path):
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=12m", "tmpfs") as disk:
        yield disk


def fill(disk: Path) -> None:
    """Writes a file that takes all free space of the disk."""
    with (disk / "ballast").open("ab", buffering=0) as ballast:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    ballast.write(bytes(size))
            except OSError:
                pass


def free_space(disk: Path) -> None:
    (disk / "ballast").unlink()


@contextmanager
def clients_on_a_full_disk(stack: Stack, disk: Path) -> Iterator[tuple[Stack, ConcurrentClients]]:
    """Fills the disk while clients are posting; they continue until the context ends."""
    stack.data = disk / "data"
    stack.start()
    with ConcurrentClients(stack.api, seed("CRASH_SEED")) as clients:
        wait_until(lambda: len(clients.posted) >= 50, "posts are acknowledged")
        fill(disk)
        wait_until(lambda: clients.statuses[503] >= 20, "writes are rejected")
        yield stack, clients


def test_writes_to_a_full_disk_get_503_and_resume_when_space_is_freed(fresh_stack, small_disk: Path):
    with clients_on_a_full_disk(fresh_stack(), small_disk) as (stack, clients):
        pass
    assert set(clients.statuses) <= {200, 201, 204, 503}
    assert clients.error_bodies == {'{"description":"The database is not available. Please try again in a moment."}'}
    # The error is logged at most once in five seconds, not once for each request.
    assert 1 <= stack.output().count("bashoutter-local: error: The disk is full") <= 10
    # Reads still succeed.
    clients.check(check_list(stack))

    free_space(small_disk)
    wait_until(lambda: Api(stack.api).post(json=POEM).status_code == 201, "posts succeed again")
    goal = len(clients.posted) + 50
    with clients:
        wait_until(lambda: len(clients.posted) >= goal, "posts are acknowledged again")
    clients.check(check_list(stack))
    stack.restart()
    clients.check(check_list(stack))


def test_acknowledged_writes_survive_kill_9_on_a_full_disk(fresh_stack, small_disk: Path):
    with clients_on_a_full_disk(fresh_stack(), small_disk) as (stack, clients):
        stack.kill()
    free_space(small_disk)
    stack.start()
    clients.check(check_list(stack))
    assert item_id(Api(stack.api).post(json=POEM))


def test_starting_on_a_full_disk_is_reported(fresh_stack, small_disk: Path):
    stack = fresh_stack()
    stack.data = small_disk / "data"
    fill(small_disk)
    assert_start_fails(stack, str(stack.data), "full")
    free_space(small_disk)
    assert stack.start().client.add()


@pytest.mark.parametrize("what", ["new", "used"])
def test_a_read_only_data_directory_is_reported(fresh_stack, tmp_path: Path, what: str):
    stack: Stack = fresh_stack()
    stack.data = tmp_path / "data"
    stack.data.mkdir()
    if what == "used":
        stack.start().client.add()
        stack.stop()
    with mounted(stack.data, "--bind", str(stack.data)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(stack.data)], check=True)
        assert_start_fails(stack, str(stack.data), "read-only")
    stack.start()
    assert len(stack.client.everything()) == (1 if what == "used" else 0)
