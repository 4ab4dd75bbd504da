"""Acknowledged writes survive kill -9 and restarts."""

import threading

import requests

from support.api import FROG, Api, item_id
from support.processes import wait_until


def test_every_haiku_acknowledged_with_201_survives_kill_9(fresh_stack):
    stack = fresh_stack().start()
    acknowledged: set[str] = set()

    for _ in range(3):
        posters = [
            threading.Thread(target=post_until_connection_fails, args=(stack.api, acknowledged)) for _ in range(8)
        ]
        goal = len(acknowledged) + 200
        for poster in posters:
            poster.start()
        wait_until(lambda goal=goal: len(acknowledged) >= goal, "posts are acknowledged")
        stack.kill()
        for poster in posters:
            poster.join()
        stack.start()
        found = [haiku["item_id"] for haiku in stack.client.everything(limit=1000)]
        assert len(found) == len(set(found))
        assert acknowledged <= set(found)


def post_until_connection_fails(base: str, acknowledged: set[str]) -> None:
    api = Api(base, checked=False)
    while True:
        try:
            response = api.post(json=FROG)
        except requests.RequestException:
            return
        if response.status_code == 201:
            acknowledged.add(item_id(response))


def test_likes_and_deletions_survive_kill_9(fresh_stack):
    stack = fresh_stack().start()
    api = stack.client
    liked, gone = api.add(), api.add()
    assert [api.patch(f"/haiku/{liked}").json()["likes"] for _ in range(5)] == [1, 2, 3, 4, 5]
    assert api.delete(f"/haiku/{gone}").status_code == 204
    stack.kill()
    stack.start()
    assert stack.client.one(liked)["likes"] == 5
    assert [haiku["item_id"] for haiku in stack.client.everything()] == [liked]


def test_a_restart_keeps_everything(fresh_stack):
    stack = fresh_stack().start()
    for number in range(10):
        stack.client.add(first=f"第{number}句")
    before = stack.client.everything()
    stack.restart()
    assert stack.client.everything() == before


def test_an_idempotency_key_is_remembered_across_a_restart(fresh_stack):
    stack = fresh_stack().start()
    key = {"Idempotency-Key": "over-a-restart"}
    first = stack.client.post(json=FROG, headers=key)
    stack.kill()
    stack.start()
    again = stack.client.post(json=FROG, headers=key)
    assert again.headers["Location"] == first.headers["Location"]
    assert len(stack.client.everything()) == 1


def test_a_post_retried_with_its_key_across_kills_is_stored_once(fresh_stack):
    """A client that got no response retries with the same key."""
    stack = fresh_stack().start()
    enough, done = threading.Event(), []

    def post(number: int) -> None:
        for attempt in range(10_000):
            if enough.is_set():
                return
            key = f"{number}-{attempt}"
            while True:
                try:
                    response = Api(stack.api, checked=False).post(json=FROG, headers={"Idempotency-Key": key})
                except requests.RequestException:
                    continue
                if response.status_code == 201:
                    done.append(item_id(response))
                    break

    posters = [threading.Thread(target=post, args=(number,)) for number in range(4)]
    for poster in posters:
        poster.start()
    for _ in range(2):
        goal = len(done) + 40
        wait_until(lambda goal=goal: len(done) >= goal, "posts are acknowledged")
        stack.kill()
        stack.start()
    goal = len(done) + 40
    wait_until(lambda: len(done) >= goal, "posts are acknowledged after the last start")
    enough.set()
    for poster in posters:
        poster.join()
    assert sorted(haiku["item_id"] for haiku in stack.client.everything()) == sorted(done)


def test_the_data_directory_holds_all_state(fresh_stack):
    stack, other = fresh_stack().start(), fresh_stack()
    added = stack.client.add()
    stack.stop()
    other.data = stack.data
    assert [haiku["item_id"] for haiku in other.start().client.everything()] == [added]
