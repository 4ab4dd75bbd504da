"""Sizes of the runs, and the randomness, which can be had again with the seed that a run has printed."""

import os
import random


def rounds(default: int) -> int:
    """CRASH_ROUNDS, or what suits CI."""
    return int(os.environ.get("CRASH_ROUNDS", default))


def seed() -> int:
    """CRASH_SEED, or a new one. It is printed, which pytest shows with a test that fails."""
    chosen = int(os.environ.get("CRASH_SEED", random.randrange(1 << 32)))
    print(f"CRASH_SEED={chosen}")
    return chosen
