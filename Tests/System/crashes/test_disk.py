"""A disk that is full, or that cannot be written: it is said, nothing is lost or half written, and it passes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.api import Api, item_id
from support.processes import wait_until
from support.stack import Stack

from crashes.consistency import check_list
from crashes.crowd import Crowd
from crashes.sizes import seed
from test_start import refuses_to_start

POEM = {"username": "正岡子規", "first": "柿くへば", "second": "鐘が鳴るなり", "third": "法隆寺"}


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """A mount for the time of a test: `mounted(folder, "-t", "tmpfs", "-o", "size=8m", "tmpfs")`."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"this container may not mount file systems: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path):
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=12m", "tmpfs") as disk:
        yield disk


def fill(disk: Path) -> None:
    """Leaves no room on the disk but what the file that it makes takes."""
    with (disk / "ballast").open("ab", buffering=0) as ballast:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    ballast.write(bytes(size))
            except OSError:
                pass


def make_room(disk: Path) -> None:
    (disk / "ballast").unlink()


@contextmanager
def crowd_on_a_full_disk(stack: Stack, disk: Path) -> Iterator[tuple[Stack, Crowd]]:
    """Fills the disk while a crowd is posting, which goes on to the end of the context."""
    stack.data = disk / "data"
    stack.start()
    with Crowd(stack.api, seed()) as crowd:
        wait_until(lambda: len(crowd.posted) >= 50, "posts are acknowledged")
        fill(disk)
        wait_until(lambda: crowd.answers[503] >= 20, "writes are refused")
        yield stack, crowd


def test_on_a_full_disk_posters_are_told_and_nothing_is_lost_and_with_room_it_goes_on(fresh_stack, small_disk: Path):
    with crowd_on_a_full_disk(fresh_stack(), small_disk) as (stack, crowd):
        pass
    assert set(crowd.answers) <= {200, 201, 204, 503}
    assert crowd.words == {'{"description":"The database is not available. Please try again in a moment."}'}
    # Once in five seconds, not once for each of very many requests.
    assert 1 <= stack.output().count("bashoutter-local: error: The disk is full") <= 10
    # What can be read is read.
    crowd.check(check_list(stack))

    make_room(small_disk)
    wait_until(lambda: Api(stack.api).post(json=POEM).status_code == 201, "a post is taken again")
    goal = len(crowd.posted) + 50
    with crowd:
        wait_until(lambda: len(crowd.posted) >= goal, "posts are acknowledged with the same processes")
    crowd.check(check_list(stack))
    stack.restart()
    crowd.check(check_list(stack))


def test_what_was_acknowledged_before_the_disk_was_full_survives_kill_9_on_the_full_disk(fresh_stack, small_disk: Path):
    with crowd_on_a_full_disk(fresh_stack(), small_disk) as (stack, crowd):
        stack.kill()
    make_room(small_disk)
    stack.start()
    crowd.check(check_list(stack))
    assert item_id(Api(stack.api).post(json=POEM))


def test_a_start_on_a_full_disk_says_that_it_is_full(fresh_stack, small_disk: Path):
    stack = fresh_stack()
    stack.data = small_disk / "data"
    fill(small_disk)
    refuses_to_start(stack, str(stack.data), "full")
    make_room(small_disk)
    assert stack.start().client.add()


@pytest.mark.parametrize("what", ["new", "used"])
def test_a_read_only_data_folder_is_named(fresh_stack, tmp_path: Path, what: str):
    stack: Stack = fresh_stack()
    stack.data = tmp_path / "data"
    stack.data.mkdir()
    if what == "used":
        stack.start().client.add()
        stack.stop()
    with mounted(stack.data, "--bind", str(stack.data)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(stack.data)], check=True)
        refuses_to_start(stack, str(stack.data), "read-only")
    stack.start()
    assert len(stack.client.everything()) == (1 if what == "used" else 0)
