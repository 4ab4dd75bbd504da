"""
kill -9 of anything at any time: it starts again, what was acknowledged is there, and all agree.

CRASH_ROUNDS (6) and CRASH_SEED (random): how often something is killed, and in which order.
"""

import json
import random
import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from support.api import FROG
from support.events import event
from support.processes import wait_until
from support.runtime import SETTINGS, Function, bootstrap_of
from support.stack import Stack
from support.template import properties

from crashes.consistency import check_index, check_list, items
from crashes.crowd import Crowd
from crashes.sizes import rounds, seed
from dynamodb.database import Database


def kill_a_function(stack: Stack, dice: random.Random) -> None:
    if running := stack.processes():
        dice.choice(running).kill()


def kill_all_functions(stack: Stack, dice: random.Random) -> None:
    for process in stack.processes():
        process.kill()


def kill_the_gateway(stack: Stack, dice: random.Random) -> None:
    stack.kill()


def kill_everything_at_once(stack: Stack, dice: random.Random) -> None:
    family = stack.processes()
    stack.process.kill()
    for process in family:
        process.kill()
    stack.process.wait()
    stack.process = None
    wait_until(lambda: not any(process.is_alive() for process in family), "the functions are gone")


VICTIMS = [kill_a_function, kill_all_functions, kill_the_gateway, kill_everything_at_once]


def test_what_was_acknowledged_survives_kill_9_of_anything_at_random_times(fresh_stack):
    """Each round: a crowd, a death, a restart where it needs one, and the whole state held against what was told."""
    stack, number = fresh_stack().start(), seed()
    dice, deaths = random.Random(number), Counter()
    crowd = Crowd(stack.api, number)
    for turn in range(rounds(6)):
        victim = VICTIMS[turn % len(VICTIMS)] if turn < len(VICTIMS) else dice.choice(VICTIMS)
        deaths[victim.__name__] += 1
        before = set(crowd.posted)
        page = stack.client.get("/haiku", params={"limit": 10})
        with crowd:
            goal = len(crowd.posted) + dice.randrange(1, 150)
            wait_until(lambda goal=goal: len(crowd.posted) >= goal, "posts are acknowledged")
            victim(stack, dice)
            if stack.process is not None:
                # The functions' processes are replaced while the requests go on.
                goal = len(crowd.posted) + 20
                wait_until(lambda goal=goal: len(crowd.posted) >= goal, "posts go on")
        if stack.process is None:
            stack.start()
        listed = check_list(stack, limit=1000 if turn % 3 else 100)
        crowd.check(listed)
        check_cursor(stack, page, before)
    print(f"{sum(deaths.values())} deaths: {dict(deaths)}; answers: {dict(crowd.answers)}")
    # An invocation that loses its process is a 500; nothing else of the kind happens, whatever is killed.
    assert set(crowd.answers) <= {0, 200, 201, 204, 500}
    assert crowd.words <= {'{"message":"Internal Server Error"}'}
    assert "signal: killed" in stack.output()


def check_cursor(stack: Stack, page, before: set[str]) -> None:
    """Fails unless a list that was begun before the crash can be read to its end: each haiku of then is there once."""
    seen = [haiku["item_id"] for haiku in page.json()]
    while link := page.links.get("next"):
        page = stack.client.get(f"/haiku{link['url']}".replace("limit=10&", "limit=1000&"))
        assert page.status_code == 200, page.text
        seen += [haiku["item_id"] for haiku in page.json()]
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


@pytest.fixture
def database(tmp_path: Path):
    """A database alone, with the template's table."""
    mine = Database(tmp_path / "data").start()
    mine.client().create_table(
        BillingMode="PAY_PER_REQUEST",
        TableName=SETTINGS["TABLE_NAME"],
        **{name: properties("HaikuTable")[name] for name in ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")},
    )
    yield mine
    if mine.process:
        mine.kill()


def test_functions_outlive_kill_9_of_the_database_and_lose_no_acknowledged_haiku(database: Database):
    """While it is away a poster is told to come again; the same processes go on when it is back."""
    number = seed()
    dice, enough = random.Random(number), threading.Event()
    created: list[str] = []
    answers: Counter[int] = Counter()
    words: set[str] = set()

    def post() -> None:
        with Function(bootstrap_of("PostHaiku"), database.endpoint) as function:
            while not enough.is_set():
                reply = function.invoke(event("http-api-2.0", "POST", "/haiku", json.dumps(FROG)), seconds=3)
                answers[reply["statusCode"]] += 1
                if reply["statusCode"] == 201:
                    created.append(reply["headers"]["Location"].removeprefix("haiku/"))
                else:
                    words.add(json.loads(reply["body"])["description"])
                    assert reply["headers"]["Retry-After"] == "1"

    with ThreadPoolExecutor(3) as pool:
        posters = [pool.submit(post) for _ in range(3)]
        try:
            for _ in range(rounds(3)):
                goal = len(created) + dice.randrange(1, 200)
                wait_until(lambda goal=goal: len(created) >= goal or failed(posters), "posts are acknowledged")
                port = database.port
                database.kill()
                # So long it is away: from not at all to longer than a function waits for it.
                threading.Event().wait(dice.choice([0, 0.1, 0.5, 4]))
                database.start(port)
                goal = len(created) + 20
                wait_until(lambda goal=goal: len(created) >= goal or failed(posters), "posts go on")
                found = {item["item_id"]["S"] for item in items(database.endpoint)}
                assert set(created[:goal]) <= found
        finally:
            enough.set()
    for poster in posters:
        poster.result()
    found = [item["item_id"]["S"] for item in check_index(database.endpoint)]
    assert set(created) <= set(found)
    assert len(created) == len(set(created))
    print(f"answers: {dict(answers)}, words: {words}")
    assert set(answers) <= {201, 503}
    assert words <= {
        "The database is not available. Please try again in a moment.",
        "The request took too long. Please try again in a moment.",
    }


def failed(futures: list[Future]) -> bool:
    return any(future.done() for future in futures)
