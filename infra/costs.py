#!/usr/bin/env python3
"""
Computes the tables of docs/costs.md from infra/costs.json and the access log's format in infra/template.yaml.

    costs.py            replaces the tables in docs/costs.md
    costs.py --check    fails if the document has other tables
"""

import json
import math
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "docs" / "costs.md"
DATA = json.loads((HERE / "costs.json").read_text(encoding="utf-8"))
PRICE = {name: price["value"] for name, price in DATA["prices"].items()}
MILLIONS = 2
"""Millions of requests a month: 1 million POSTs and 1 million GETs."""


def number(value: float) -> str:
    return f"{value:,.7f}".rstrip("0").rstrip(".")


def product(*factors: float) -> tuple[str, float]:
    """The text `a × b = c` and c, rounded to cents: totals add the figures that are shown."""
    result = round(math.prod(factors) + 1e-9, 2)
    return f"{' × '.join(map(number, factors))} = {result:.2f}", result


def access_log_gb() -> float:
    """GB of a million entries of the access log, as CloudWatch Logs counts them."""
    template = (HERE / "template.yaml").read_text(encoding="utf-8")
    text = re.search(r"Format: >-\n((?: +[{\"].*\n)+)", template).group(1)
    text = " ".join(line.strip() for line in text.splitlines())
    sample = DATA["access_log_sample"]
    entry = re.sub(r"\$context\.([\w.]+)", lambda match: sample[match[1]], text)
    return round((len(entry) + DATA["log_event_overhead_bytes"]) / 1000, 2)


def traced_share() -> float:
    """
    The share of requests that X-Ray traces, the first of each second and a share of the others, if they arrive
    independently of each other, evenly over the month.
    """
    rate = MILLIONS * 1e6 / DATA["seconds_a_month"]
    first = 1 - math.exp(-rate)
    return round((first + DATA["traced_share_of_the_others"] * (rate - first)) / rate, 2)


def rows(kind: str, system: dict) -> list[tuple[str, tuple[str, float]]]:
    """What a million requests cost: the name of each row, its formula and its result."""
    database = (
        ("DynamoDB, writes (million units)", product(system["write_units"], PRICE["write_units"]))
        if kind == "post"
        else ("DynamoDB, reads (million units)", product(system["read_units"], 0.5, PRICE["read_units"]))
    )
    milliseconds = system[f"{kind}_ms"]
    return [
        ("API Gateway, requests", product(1, PRICE[system["api"]])),
        ("Lambda, requests", product(1, PRICE["lambda_requests"])),
        ("Lambda, time (million ms × GB)", product(milliseconds, system["memory_gb"], PRICE["lambda_time"])),
        database,
        ("Logs (GB)", product(system.get("log_gb", access_log_gb()), PRICE["logs"])),
        ("Data out (GB)", product(DATA["post_gb"] if kind == "post" else system["get_gb"], PRICE["data_out"])),
    ]


def totals(kind: str) -> list[float]:
    return [round(sum(result for _, (_, result) in rows(kind, system)), 2) for system in DATA["systems"]]


def table(kind: str) -> str:
    columns = [rows(kind, system) for system in DATA["systems"]]
    lines = [f"| 1 million {kind.upper()}s | " + " | ".join(system["name"] for system in DATA["systems"]) + " |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    for row in zip(*columns, strict=True):
        lines.append(f"| {row[0][0]} | " + " | ".join(text for _, (text, _) in row) + " |")
    sums = [" + ".join(f"{result:.2f}" for _, (_, result) in column) for column in columns]
    cells = [f"**{text} = {total:.2f}**" for text, total in zip(sums, totals(kind), strict=True)]
    lines.append("| **total** | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def summary() -> str:
    (post, get), *others = zip(totals("post"), totals("get"), strict=True)
    book = " or ".join(f"{a:.2f} + {b:.2f} = {a + b:.2f}" for a, b in others)
    return (
        f"**A month of both costs {post:.2f} + {get:.2f} = {post + get:.2f} here, and {book} with the textbook's\nsystem.**"
    )


def options() -> str:
    share = traced_share()
    found = [
        ("`Tracing=Active`", f"{share * 100:.0f} % of the requests are traced", product(MILLIONS, share, PRICE["traces"])),
        (
            "`SystemLogLevel=INFO`",
            f"{number(DATA['function_log_kb'])} KB a request, start and report",
            product(MILLIONS, DATA["function_log_kb"], PRICE["logs"]),
        ),
        (
            "`TableEncryption=aws-managed`",
            "each of the four roles renews its data key every five minutes",
            product(DATA["key_requests_million"], PRICE["kms"]),
        ),
        ("`Site=cloudfront`", "every request is a miss, without the free tier", product(MILLIONS, PRICE["cloudfront"])),
        ("the alarms", "always; an account's first ten metrics are free", product(DATA["alarm_metrics"], PRICE["alarms"])),
    ]
    lines = ["| option | what is counted | adds, a month |", "|---|---|---|"]
    return "\n".join(lines + [f"| {name} | {counted} | {text} |" for name, counted, (text, _) in found])


def prices() -> str:
    lines = ["| service | US dollars | source |", "|---|---|---|"]
    for price in DATA["prices"].values():
        label = price["source"].removeprefix("https://").rstrip("/")
        lines.append(f"| {price['name']} | {number(price['value'])} {price['unit']} | [{label}]({price['source']}) |")
    return "\n".join(lines)


BLOCKS = {
    "post": lambda: table("post"),
    "get": lambda: table("get"),
    "summary": summary,
    "options": options,
    "prices": prices,
}


def updated(document: str) -> str:
    for name, block in BLOCKS.items():
        pattern = rf"(<!-- costs.py: {name} -->\n\n).*?(\n\n<!-- end -->)"
        (old,) = re.finditer(pattern, document, flags=re.DOTALL)
        document = document[: old.end(1)] + block() + document[old.start(2) :]
    return document


def main() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    if sys.argv[1:] == ["--check"]:
        if updated(document) != document:
            sys.exit("docs/costs.md has other tables than infra/costs.py computes: run infra/costs.py")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        DOCUMENT.write_text(updated(document), encoding="utf-8")


if __name__ == "__main__":
    main()
