"""A copy of what script/deploy needs, with tiny functions, so that deployments are fast and share no dist/."""

import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from . import aws
from .paths import FUNCTIONS, ROOT

STACK = "haiku-test"


@dataclass
class Deployable:
    folder: Path
    tools: Path
    """A folder that comes first in the PATH, for the executables of support/aws_cli.py."""

    @classmethod
    def create(cls, folder: Path) -> "Deployable":
        project, tools = folder / "project", folder / "tools"
        tools.mkdir(parents=True)
        for name in ("script", "infra"):
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        (project / "web").mkdir()
        for name in ("index.html", "style.css"):
            shutil.copy(ROOT / "web" / name, project / "web" / name)
        (project / "dist").mkdir()
        (project / "dist" / "architecture").write_text("x86_64\n")
        for name in FUNCTIONS:
            with zipfile.ZipFile(project / "dist" / f"{name}.zip", "w") as archive:
                archive.writestr("bootstrap", f"#!/bin/sh\n# {name}\n")
        # script/package would build the functions; the zips above replace its output.
        (project / "script" / "package").write_text("#!/bin/sh\nexit 0\n")
        return cls(project, tools)

    def environment(self, endpoint: str, **more: str) -> dict[str, str]:
        variables = aws.environment(AWS_ENDPOINT_URL=endpoint, AWS_MAX_ATTEMPTS="1", **more)
        return {**variables, "PATH": f"{self.tools}{os.pathsep}{variables['PATH']}"}

    def run(self, script: str, *arguments: str, endpoint: str, stack: str = STACK) -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.folder / "script" / script, "--stack", stack, *arguments],
            env=self.environment(endpoint), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
        )  # fmt: skip

    def deploy(self, endpoint: str, *arguments: str) -> str:
        """Runs script/deploy, which must succeed, and returns its output."""
        return _output(self.run("deploy", "--packaged", *arguments, endpoint=endpoint))

    def destroy(self, endpoint: str, *arguments: str) -> str:
        """Runs script/destroy, which must succeed, and returns its output."""
        return _output(self.run("destroy", *arguments, endpoint=endpoint))


def _output(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
