"""cold: the time until a function requests its first invocation, warm and from a cold disk, and to its first POST by TLS."""

import dataclasses
import sys

from measuring import Row, Run, is_root, measure_alternately, print_matrix
from subjects import BASELINE, OK, function, textbook

# swift-aws-lambda-runtime with Soto, from docs/decisions/001-custom-runtime.md: script/bench cannot install it.
OFFICIAL_COLD_MS = 78


def run(full: bool) -> list[Row]:
    runs = {
        "C baseline": Run([BASELINE]),
        "OK": Run([OK]),
        "GetHaiku": Run([function("GetHaiku")]),
        "PostHaiku": Run([function("PostHaiku")]),
        "textbook": textbook("post_haiku"),
    }
    warm = measure_alternately(runs, 41 if full else 11)
    _print("Spawn to the first GET …/next, warm page cache", warm)

    rows = [
        Row(
            "start, warm", warm["GetHaiku"]["start_us"] / warm["C baseline"]["start_us"], "× baseline", 2.5,
            peer=f"{warm['GetHaiku']['start_us'] / 1e3:.2f} ms; textbook {warm['textbook']['start_us'] / 1e3:.0f} ms",
        )
    ]  # fmt: skip
    rows += _cold_disk(runs, 9 if full else 3)

    posts = {
        name: dataclasses.replace(
            runs[name], invocations=1, expect='"statusCode": 201' if name == "textbook" else "201", tls=True
        )
        for name in ("PostHaiku", "textbook")
    }
    first = measure_alternately(posts, 11 if full else 5)
    rows.append(
        Row(
            "start to the response of the first POST, TLS", first["PostHaiku"]["first_response_us"] / 1e3, "ms",
            peer=f"textbook {first['textbook']['first_response_us'] / 1e3:.0f} ms",
        )
    )  # fmt: skip
    return rows


def _cold_disk(runs: dict[str, Run], rounds: int) -> list[Row]:
    if not is_root():
        print("cold disk: skipped, because dropping the page cache requires root", file=sys.stderr)
        return []
    cold = measure_alternately({name: dataclasses.replace(run, cold_disk=True) for name, run in runs.items()}, rounds)
    _print("Spawn to the first GET …/next, cold disk", cold)
    milliseconds = max(cold[name]["start_us"] for name in ("GetHaiku", "PostHaiku")) / 1e3
    return [
        Row(
            "start, cold disk, the slower of GET and POST", milliseconds, "ms", 20,
            peer=f"textbook {cold['textbook']['start_us'] / 1e3:.0f} ms",
        ),
        Row(
            "start, cold disk", milliseconds / OFFICIAL_COLD_MS, "× swift-aws-lambda-runtime + Soto", 0.25,
            peer=f"{OFFICIAL_COLD_MS} ms, recorded in docs/decisions/001-custom-runtime.md",
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
    print_matrix(title, ("", "ms", "CPU ms", "MB read", "minor + major faults", "RSS MB"), lines)
