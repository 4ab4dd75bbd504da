"""Parameters of tests that the environment can change: sizes and random seeds."""

import os
import random


def size(name: str, default: int) -> int:
    """The size of a test, such as FAULTS_REQUESTS=10000, or its default, which is short enough for CI."""
    return int(os.environ.get(name, default))


def seed(name: str) -> int:
    """The random seed of a test, or a new one. It is printed, so pytest shows it with a failed test."""
    chosen = size(name, random.SystemRandom().randrange(1 << 32))
    print(f"{name}={chosen}")
    return chosen
