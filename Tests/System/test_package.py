"""script/package: zips are small, self-contained and reproducible, and contain static executables."""

import hashlib
import json
import os
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from support import events
from support.api import FROG
from support.aws import client, environment
from support.paths import FUNCTIONS, ROOT, executables
from support.runtime import Function
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("dist")

DIST = ROOT / "dist"
LARGEST_ZIP = 5_000_000
LARGEST_BOOTSTRAP = 15 * 1024 * 1024


def package(*arguments: str, umask: int = -1, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [ROOT / "script" / "package", *arguments],
        cwd="/", env=environment(**variables), umask=umask, capture_output=True, text=True, timeout=1200,
    )  # fmt: skip


def digests() -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in DIST.glob("*.zip")}


@pytest.fixture(scope="module")
def packaged() -> str:
    done = package("--from", str(executables()))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_a_zip_for_each_function_and_its_size_is_printed(packaged: str):
    assert {path.name for path in DIST.glob("*.zip")} == {f"{name}.zip" for name in FUNCTIONS}
    for name in FUNCTIONS:
        assert str((DIST / f"{name}.zip").stat().st_size) in packaged
        assert str((DIST / name / "bootstrap").stat().st_size) in packaged


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_zip_is_small_and_contains_an_executable_bootstrap_and_the_trust_roots(packaged: str, name: str):
    assert (DIST / f"{name}.zip").stat().st_size <= LARGEST_ZIP
    with zipfile.ZipFile(DIST / f"{name}.zip") as archive:
        assert archive.namelist() == ["bootstrap", "roots.pem"]
        assert archive.getinfo("bootstrap").external_attr >> 16 & 0o777 == 0o755
        assert archive.getinfo("bootstrap").file_size <= LARGEST_BOOTSTRAP
        assert archive.read("bootstrap") == (DIST / name / "bootstrap").read_bytes()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bootstrap_is_static_and_stripped(packaged: str, name: str):
    bootstrap = DIST / name / "bootstrap"
    done = subprocess.run(["ldd", bootstrap], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    assert "not a dynamic executable" in done.stdout + done.stderr or "statically linked" in done.stdout
    symbols = subprocess.run(["nm", bootstrap], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    assert "no symbols" in symbols.stderr


def test_the_trust_roots_are_those_of_amazon(packaged: str):
    text = (DIST / "GetHaiku" / "roots.pem").read_text()
    names = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    assert names == [f"Amazon Root CA {n}" for n in range(1, 5)] + [
        "Starfield Services Root Certificate Authority - G2"
    ]
    blocks = ["-----BEGIN" + block for block in text.split("-----BEGIN")[1:]]
    for name, block in zip(names, blocks, strict=True):
        shown = subprocess.run(
            ["openssl", "x509", "-noout", "-subject", "-checkend", str(365 * 86400)],
            input=block, capture_output=True, text=True,
        )  # fmt: skip
        assert shown.returncode == 0, f"{name} expires within a year"
        assert name in shown.stdout


def test_packaging_is_reproducible(packaged: str):
    first = digests()
    # Zips store times with a resolution of two seconds.
    os.utime(executables() / "GetHaiku", (time.time() + 10,) * 2)
    done = package("--from", str(executables()), umask=0o077, TZ="Asia/Tokyo", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert digests() == first


@pytest.fixture
def empty_root(tmp_path: Path) -> list[str]:
    """The command that runs a bootstrap with a root directory that contains only it and /proc."""
    (tmp_path / "proc").mkdir()
    inner = f'mount -t proc proc "{tmp_path}/proc" && exec "{shutil.which("chroot")}" "{tmp_path}" /bootstrap'
    probe = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", inner]
    if os.geteuid() != 0:
        probe[1:1] = ["--user", "--map-root-user"]
    return probe


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_bootstrap_in_an_empty_directory_handles_invocations(
    packaged: str, empty_stack: Stack, empty_root: list[str], tmp_path: Path, name: str
):
    shutil.copy(DIST / name / "bootstrap", tmp_path / "bootstrap")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bootstrap", "proc"]
    (table,) = client("dynamodb", empty_stack.dynamodb).list_tables()["TableNames"]
    added = empty_stack.client.add()
    calls = {
        "GetHaiku": ("GET", "/haiku", None, 200),
        "PostHaiku": ("POST", "/haiku", json.dumps(FROG), 201),
        "PatchHaiku": ("PATCH", f"/haiku/{added}", None, 200),
        "DeleteHaiku": ("DELETE", f"/haiku/{added}", None, 204),
    }
    method, path, body, status = calls[name]
    path_variable = {"PATH": os.environ["PATH"]}
    with Function(
        DIST / name / "bootstrap", empty_stack.dynamodb, command=empty_root, TABLE_NAME=table, **path_variable
    ) as function:
        for _ in range(2):
            response = function.invoke(events.event("http-api-2.0", method, path, body))
            assert response["statusCode"] == status


# Rejections


def assert_rejected(folder: Path, message: str) -> None:
    """Packaging the executables of the folder fails with the message and leaves the last package as it was."""
    before = digests()
    done = package("--from", str(folder))
    assert done.returncode != 0
    assert message in done.stderr
    assert digests() == before != {}


def test_a_dynamic_executable_is_rejected(packaged: str, tmp_path: Path):
    for name in FUNCTIONS:
        shutil.copy(executables() / name, tmp_path / name)
    shutil.copy(shutil.which("true"), tmp_path / "DeleteHaiku")
    assert_rejected(tmp_path, "DeleteHaiku is not static")


def test_a_folder_without_the_functions_is_rejected(tmp_path: Path):
    done = package("--from", str(tmp_path))
    assert done.returncode != 0
    assert f"{tmp_path} has no executable GetHaiku" in done.stderr


def test_an_unknown_architecture_is_rejected():
    done = package("--arch", "sparc")
    assert done.returncode != 0
    assert "--arch must be x86_64 or arm64; got sparc" in done.stderr


def test_cross_compiling_without_the_swift_sdk_is_rejected_with_instructions(tmp_path: Path):
    (tmp_path / "swift").write_text('#!/bin/sh\n[ "$1 $2" = "sdk list" ] && echo "No Swift SDKs are installed."\n')
    (tmp_path / "swift").chmod(0o755)
    other = "x86_64" if os.uname().machine in ("aarch64", "arm64") else "arm64"
    done = package("--arch", other, PATH=f"{tmp_path}{os.pathsep}{environment()['PATH']}")
    assert done.returncode != 0
    assert "static Linux SDK" in done.stderr and "swift sdk install" in done.stderr


def test_a_missing_tool_is_reported_before_building(tmp_path: Path):
    for tool in ("bash", "env", "dirname", "uname", "cat"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    done = package(PATH=str(tmp_path))
    assert done.returncode != 0
    assert "7z is missing" in done.stderr


def test_a_glibc_that_loads_libraries_to_resolve_names_is_rejected_before_building(tmp_path: Path):
    (tmp_path / "getconf").write_text("#!/bin/sh\necho glibc 2.31\n")
    (tmp_path / "getconf").chmod(0o755)
    done = package(PATH=f"{tmp_path}{os.pathsep}{environment()['PATH']}")
    assert done.returncode != 0
    assert "glibc 2.31; the functions need 2.34" in done.stderr


@pytest.mark.parametrize("outcome", ["SocketAddressError.UnknownHost: Temporary failure in name resolution", ""])
def test_an_executable_that_cannot_resolve_a_name_is_rejected(packaged: str, tmp_path: Path, outcome: str):
    source = f"""
        #include <stdio.h>
        #include <stdlib.h>
        int main(void) {{
            puts(getenv("AWS_LAMBDA_RUNTIME_API") ? "runtime.test:1: {outcome}" : "AWS_LAMBDA_RUNTIME_API is not set");
            return 1;
        }}
    """
    for name in FUNCTIONS:
        command = ["cc", "-static", "-xc", "-", "-o", tmp_path / name]
        subprocess.run(command, input=source, text=True, check=True)
    assert_rejected(tmp_path, "GetHaiku does not resolve a host name in an empty directory")
