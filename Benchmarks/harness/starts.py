"""cold: how long a function takes to start."""

import dataclasses
import sys

from competitors import FLOOR, OK, book, function
from measuring import Row, Run, in_turn, is_root, print_matrix

# Measured on the machine of DESIGN.md, section 4; it is neither in Debian nor on PyPI.
OFFICIAL_COLD_MS = 78


def run(full: bool) -> list[Row]:
    runs = {
        "C floor": Run([FLOOR]),
        "OK": Run([OK]),
        "GetHaiku": Run([function("GetHaiku")]),
        "PostHaiku": Run([function("PostHaiku")]),
        "book": book("post_haiku"),
    }
    warm = in_turn(runs, 41 if full else 11)
    _print("Spawn to the first request for an invocation, warm page cache", warm)

    rows = [
        Row(
            "start, warm", warm["GetHaiku"]["start_us"] / warm["C floor"]["start_us"], "× floor", 2.5,
            peer=f"{warm['GetHaiku']['start_us'] / 1e3:.2f} ms; book {warm['book']['start_us'] / 1e3:.0f} ms",
        )
    ]  # fmt: skip
    rows += _cold_disk(runs, 9 if full else 3)

    posts = {
        name: dataclasses.replace(runs[name], invocations=1, expect='"statusCode": 201' if name == "book" else "201", tls=True)
        for name in ("PostHaiku", "book")
    }
    first = in_turn(posts, 11 if full else 5)
    rows.append(
        Row(
            "start to the first POST's reply, TLS", first["PostHaiku"]["first_reply_us"] / 1e3, "ms",
            peer=f"book {first['book']['first_reply_us'] / 1e3:.0f} ms",
        )
    )  # fmt: skip
    return rows


def _cold_disk(runs: dict[str, Run], rounds: int) -> list[Row]:
    if not is_root():
        print("cold disk: skipped, since only root may drop the page cache", file=sys.stderr)
        return []
    cold = in_turn({name: dataclasses.replace(run, cold_disk=True) for name, run in runs.items()}, rounds)
    _print("The same from a cold disk", cold)
    milliseconds = max(cold[name]["start_us"] for name in ("GetHaiku", "PostHaiku")) / 1e3
    return [
        Row("start, cold disk", milliseconds, "ms", 20, peer=f"book {cold['book']['start_us'] / 1e3:.0f} ms"),
        Row(
            "start, cold disk, of official runtime + Soto", milliseconds / OFFICIAL_COLD_MS, "×", 0.25,
            peer=f"{OFFICIAL_COLD_MS} ms, recorded in DESIGN.md, section 4",
        ),
    ]  # fmt: skip


def _print(title: str, figures: dict[str, dict]) -> None:
    lines = [
        (
            name, f"{run['start_us'] / 1e3:.2f}", f"{run['start_cpu_us'] / 1e3:.2f}", f"{run['start_read_bytes'] / 1e6:.1f}",
            f"{run['start_minor_faults']:.0f} + {run['start_major_faults']:.0f}", f"{run['start_rss_kb'] / 1024:.1f}",
        )
        for name, run in figures.items()
    ]  # fmt: skip
    print_matrix(title, ("", "ms", "CPU ms", "MB read", "faults + major", "RSS MB"), lines)
