"""HTTP/2, against nghttpd (Debian package nghttp2-server)."""

import json
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from client.certificate import make_certificate
from client.command import run
from support.ports import free_port
from support.processes import wait_until


@pytest.fixture
def server(tmp_path: Path):
    if shutil.which("nghttpd") is None:
        pytest.skip("nghttpd is not installed (apt-get install nghttp2-server)")
    (tmp_path / "haiku").write_text("[]")
    certificate = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make_certificate(*certificate)
    port = free_port()
    process = subprocess.Popen(["nghttpd", "-a", "127.0.0.1", "-d", tmp_path, str(port), *reversed(certificate)])

    def accepts() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(accepts, "nghttpd accepts connections")
    yield f"https://127.0.0.1:{port}"
    process.kill()
    process.wait()


def test_requests_share_one_connection(server: str, tmp_path: Path):
    report = tmp_path / "report.json"
    done = run(
        server, "load", "--http2", "--insecure", "-r", "100", "-d", "500ms", "-c", "10", "--mix", "get=1",
        "--json", str(report), "--fail-if", "errors>0",
    )  # fmt: skip
    assert done.status == 0, done.output + done.errors
    result = json.loads(report.read_text())
    assert result["statuses"].keys() == {"200"}
    assert result["phases_ms"]["connect"]["count"] == 1


def test_http2_without_tls_is_rejected():
    done = run("http://127.0.0.1", "load", "--http2")
    assert done.status == 64
    assert "https" in done.errors
