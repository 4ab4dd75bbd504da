"""docs/costs.md contains the tables that infra/costs.py computes, and the total meets its target."""

import re
import subprocess
import sys
from pathlib import Path

from support import template
from support.paths import ROOT

sys.path.insert(0, str(ROOT / "infra"))
import costs  # noqa: E402

TARGET = 6.70
"""USD for a million posts and a million gets."""


def test_the_tables_of_the_document_are_computed_from_the_data():
    done = subprocess.run([sys.executable, ROOT / "infra" / "costs.py", "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_changed_price_changes_the_document(monkeypatch):
    monkeypatch.setitem(costs.PRICE, "http_api", 1.30)
    document = costs.DOCUMENT.read_text(encoding="utf-8")
    assert costs.updated(document) != document


def test_a_million_posts_and_a_million_gets_cost_at_most_the_target():
    assert costs.totals("post")[0] + costs.totals("get")[0] <= TARGET


def test_the_totals_are_those_of_the_default_parameters():
    parameters = template.template()["Parameters"]
    expected = {"Tracing": "Disabled", "SystemLogLevel": "WARN", "TableEncryption": "aws-owned", "Site": "website"}
    assert {name: parameters[name]["Default"] for name in expected} == expected
    assert parameters["FunctionMemory"]["Default"] / 1024 == costs.DATA["systems"][0]["memory_gb"]
    # One query for each shard: a unit each, which costs.py halves, since these reads are eventually consistent.
    assert parameters["FeedShards"]["Default"] == costs.DATA["systems"][0]["read_units"]
    # Haiku are written to the table and to one index.
    indexes = template.properties("HaikuTable")["GlobalSecondaryIndexes"]
    assert 1 + len(indexes) == costs.DATA["systems"][0]["write_units"]


def test_the_size_of_an_access_log_entry_follows_from_the_template():
    text = template.properties("HaikuApi")["AccessLogSettings"]["Format"]
    sample = costs.DATA["access_log_sample"]
    assert set(re.findall(r"\$context\.([\w.]+)", text)) == set(sample)
    entry = re.sub(r"\$context\.([\w.]+)", lambda match: sample[match[1]], text)
    assert costs.access_log_gb() == round((len(entry) + costs.DATA["log_event_overhead_bytes"]) / 1000, 2)


def test_the_alarms_are_counted():
    metrics = 0
    for alarm in template.resources("AWS::CloudWatch::Alarm").values():
        stats = [one for one in alarm["Properties"].get("Metrics", []) if "MetricStat" in one]
        metrics += len(stats) or 1
    assert metrics == costs.DATA["alarm_metrics"]


def test_most_requests_of_a_quiet_api_are_traced():
    """X-Ray's default rule traces the first request of each second, so the share falls as the rate rises."""
    assert 0.70 < costs.traced_share() < 0.75


def test_every_price_has_a_source_and_the_data_a_date():
    assert re.fullmatch(r"20\d\d-\d\d", costs.DATA["date"])
    assert all(price["source"].startswith("https://aws.amazon.com/") for price in costs.DATA["prices"].values())


def test_unknown_options_are_rejected():
    done = subprocess.run([sys.executable, Path(costs.__file__), "--nope"], capture_output=True, text=True)
    assert done.returncode == 1 and "costs.py --check" in done.stderr
