"""
schemathesis makes requests of openapi/bashoutter.yaml, right and wrong ones, and holds every reply against it, with all
its checks but for what support/schemathesis.toml says.

Size: SCHEMATHESIS_EXAMPLES (for each operation, 15).
"""

import os
import subprocess
import sys
from pathlib import Path

from support.paths import OPENAPI
from support.stack import Stack

SETTINGS = Path(__file__).parent / "support" / "schemathesis.toml"


def test_every_reply_to_requests_made_of_the_contract_keeps_it(stack: Stack, tmp_path: Path):
    done = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis", "--config-file", SETTINGS, "run", OPENAPI, "--url", stack.api,
            "--max-examples", os.environ.get("SCHEMATHESIS_EXAMPLES", "15"), "--no-color", "--workers", "1",
            "--request-timeout", "30",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=3600, env={**os.environ, "COLUMNS": "120"},
    )  # fmt: skip
    print(done.stdout[-3000:])  # what was done: pytest shows it with -rP
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert stack.is_running()
