"""
schemathesis generates valid and invalid requests from openapi/bashoutter.yaml and checks every response against it. All
its checks are enabled except those that support/schemathesis.toml disables.

SCHEMATHESIS_EXAMPLES sets the number of examples that each check generates for an operation (default: 15),
SCHEMATHESIS_SEED (random with EXPLORE=1) repeats a run.
"""

import os
import subprocess
import sys
from pathlib import Path

from support.parameters import seed, size
from support.paths import OPENAPI
from support.stack import Stack

SETTINGS = Path(__file__).parent / "support" / "schemathesis.toml"


def test_responses_to_generated_requests_match_the_contract(stack: Stack, tmp_path: Path):
    done = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis", "--config-file", SETTINGS, "run", OPENAPI, "--url", stack.api,
            "--max-examples", str(size("SCHEMATHESIS_EXAMPLES", 15)), "--seed", str(seed("SCHEMATHESIS_SEED")),
            "--no-color", "--workers", "1",
            "--request-timeout", "30",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=3600, env={**os.environ, "COLUMNS": "120"},
    )  # fmt: skip
    print(done.stdout[-3000:])  # pytest shows it with -rP
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert stack.is_running()
