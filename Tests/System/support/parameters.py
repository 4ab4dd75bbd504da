"""Parameters of tests that the environment can change: sizes and random seeds."""

import os
import random


def size(name: str, default: int) -> int:
    """The size of a test, such as FAULTS_REQUESTS=10000, or its default, which is short enough for CI."""
    return int(os.environ.get(name, default))


def seed(name: str, default: int = 20_260_101) -> int:
    """
    The random seed of a test: the value of the variable `name`, else a random one with EXPLORE=1, else `default`.

    It is printed, so pytest shows it with a failed test.
    """
    explored = random.SystemRandom().randrange(1 << 32) if os.environ.get("EXPLORE") else default
    chosen = size(name, explored)
    print(f"{name}={chosen}")
    return chosen
