"""
After kill -9 of any process at any time, the stack restarts without losing an acknowledged write, and table, index and
list are consistent.

CRASH_ROUNDS sets the number of kills of each test (default: 6 of the stack, 3 of the database), CRASH_SEED (random with
EXPLORE=1) their order.
"""

import json
import random
import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from crashes.clients import ConcurrentClients
from crashes.consistency import check_index, check_list, items
from dynamodb.database import Database
from support.api import FROG
from support.events import event
from support.parameters import seed, size
from support.processes import wait_until
from support.runtime import SETTINGS, Function, bootstrap_of
from support.stack import Stack
from support.template import properties


def kill_a_function(stack: Stack, rng: random.Random) -> None:
    if running := stack.processes():
        rng.choice(running).kill()


def kill_all_functions(stack: Stack, rng: random.Random) -> None:
    for process in stack.processes():
        process.kill()


def kill_bashoutter_local(stack: Stack, rng: random.Random) -> None:
    stack.kill()


def kill_everything_at_once(stack: Stack, rng: random.Random) -> None:
    processes = stack.processes()
    stack.process.kill()
    for process in processes:
        process.kill()
    stack.process.wait()
    stack.process = None
    wait_until(lambda: not any(process.is_alive() for process in processes), "the functions have exited")


KILLS = [kill_a_function, kill_all_functions, kill_bashoutter_local, kill_everything_at_once]


def test_acknowledged_writes_survive_kill_9_of_any_process(fresh_stack):
    """Each round: concurrent clients, a kill, a restart if needed, and a check of all state against the responses."""
    stack, number = fresh_stack().start(), seed("CRASH_SEED")
    rng, counts = random.Random(number), Counter()
    clients = ConcurrentClients(stack.api, number)
    for round_number in range(size("CRASH_ROUNDS", 6)):
        kill = KILLS[round_number] if round_number < len(KILLS) else rng.choice(KILLS)
        counts[kill.__name__] += 1
        before = set(clients.posted)
        page = stack.client.get("/haiku", params={"limit": 10})
        with clients:
            goal = len(clients.posted) + rng.randrange(1, 150)
            wait_until(lambda goal=goal: len(clients.posted) >= goal, "posts are acknowledged")
            kill(stack, rng)
            if stack.process is not None:
                # The stack replaces the functions' processes while requests continue.
                goal = len(clients.posted) + 20
                wait_until(lambda goal=goal: len(clients.posted) >= goal, "posts continue")
        if stack.process is None:
            stack.start()
        listed = check_list(stack, limit=1000 if round_number % 3 else 100)
        clients.check(listed)
        check_cursor(stack, page, before)
    print(f"{counts.total()} kills: {dict(counts)}; statuses: {dict(clients.statuses)}")
    # An invocation whose process is killed gets a 500; no kill causes any other error.
    assert set(clients.statuses) <= {0, 200, 201, 204, 500}
    assert clients.error_bodies <= {'{"message":"Internal Server Error"}'}
    assert "signal: killed" in stack.output()


def check_cursor(stack: Stack, page, before: set[str]) -> None:
    """Follows the links of a page from before the kill; fails unless the pages list each earlier haiku, and none twice."""
    seen = [haiku["item_id"] for haiku in page.json()]
    while link := page.links.get("next"):
        page = stack.client.get(f"/haiku{link['url']}".replace("limit=10&", "limit=1000&"))
        assert page.status_code == 200, page.text
        seen += [haiku["item_id"] for haiku in page.json()]
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


@pytest.fixture
def database(tmp_path: Path):
    """A standalone database with the template's table."""
    running = Database(tmp_path / "data").start()
    running.client().create_table(
        BillingMode="PAY_PER_REQUEST",
        TableName=SETTINGS["TABLE_NAME"],
        **{
            name: properties("HaikuTable")[name]
            for name in ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")
        },
    )
    yield running
    if running.process:
        running.kill()


def test_functions_survive_kill_9_of_the_database_and_lose_no_acknowledged_haiku(database: Database):
    """While the database is down a post gets 503 with Retry-After; the same processes continue once it is back."""
    number = seed("CRASH_SEED")
    rng, stop = random.Random(number), threading.Event()
    created: list[str] = []
    statuses: Counter[int] = Counter()
    messages: set[str] = set()

    def post() -> None:
        with Function(bootstrap_of("PostHaiku"), database.endpoint) as function:
            while not stop.is_set():
                response = function.invoke(event("http-api-2.0", "POST", "/haiku", json.dumps(FROG)), seconds=3)
                statuses[response["statusCode"]] += 1
                if response["statusCode"] == 201:
                    created.append(response["headers"]["Location"].removeprefix("haiku/"))
                else:
                    messages.add(json.loads(response["body"])["description"])
                    assert response["headers"]["Retry-After"] == "1"

    with ThreadPoolExecutor(3) as pool:
        posters = [pool.submit(post) for _ in range(3)]
        try:
            for _ in range(size("CRASH_ROUNDS", 3)):
                goal = len(created) + rng.randrange(1, 200)
                wait_until(lambda goal=goal: len(created) >= goal or failed(posters), "posts are acknowledged")
                port = database.port
                database.kill()
                # The downtime in seconds; the longest exceeds the time that a function waits for the database.
                threading.Event().wait(rng.choice([0, 0.1, 0.5, 4]))
                database.start(port)
                goal = len(created) + 20
                wait_until(lambda goal=goal: len(created) >= goal or failed(posters), "posts continue")
                found = {item["item_id"]["S"] for item in items(database.endpoint)}
                assert set(created[:goal]) <= found
        finally:
            stop.set()
    for poster in posters:
        poster.result()
    found = [item["item_id"]["S"] for item in check_index(database.endpoint)]
    assert set(created) <= set(found)
    assert len(created) == len(set(created))
    print(f"statuses: {dict(statuses)}, messages: {messages}")
    assert set(statuses) <= {201, 503}
    assert messages <= {"The database is not available. Please try again in a moment."}


def failed(futures: list[Future]) -> bool:
    return any(future.done() for future in futures)
