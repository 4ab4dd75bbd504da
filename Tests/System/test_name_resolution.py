"""
The functions resolve the name of DynamoDB's endpoint although DNS loses packets, is slow, fails or changes an address.

Each test has a network of its own, with a DNS server and a DynamoDB in it. The function's root directory contains only
what the test puts there.
"""

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from support import events
from support.dns import DnsServer, addresses, fails, in_turn, lost
from support.namespaces import private_network
from support.processes import descendants
from support.runtime import Function, bootstrap_of

pytestmark = pytest.mark.alone

PORT = 8000
NAME = "dynamodb.eu-west-1.test"
HAIKU = "0123456789abcdef0123456789abcdef"
# The hosts line of /etc/nsswitch.conf as distributions install it; None if there is no such file.
SWITCHES = {
    "Amazon Linux 2023": "files myhostname dns",
    "Debian": "files mdns4_minimal [NOTFOUND=return] dns myhostname",
    "Fedora": "files myhostname resolve [!UNAVAIL=return] dns",
    "Ubuntu": "files mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] myhostname dns",
    "none": None,
}


@pytest.fixture(autouse=True)
def network() -> Iterator[None]:
    with private_network():
        yield


class Database(ThreadingHTTPServer):
    """A DynamoDB that has one haiku, and closes the connection after each response."""

    daemon_threads = True

    def __init__(self, address: str):
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.requests = 0
        super().__init__((address, PORT), self._handler())

    def __enter__(self) -> "Database":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.shutdown()
        self.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        database = self
        strings = {"item_id": HAIKU, "username": "a", "first": "b", "second": "c", "third": "d"}
        item = {name: {"S": value} for name, value in strings.items()}
        item |= {"likes": {"N": "0"}, "created_at": {"S": "2020-07-06T02:46:04+00:00"}}
        body = json.dumps({"Item": item}).encode()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                database.requests += 1
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The function's root directory."""
    folder = tmp_path / "root"
    (folder / "proc").mkdir(parents=True)
    shutil.copy(bootstrap_of("GetHaiku"), folder / "bootstrap")
    return folder


def function(root: Path, name: str = NAME, **environment: str) -> Function:
    """GetHaiku in `root`, without a resolv.conf: the DNS server is the default of the C library, 127.0.0.1."""
    mounted = f'mount -t proc proc "{root}/proc" && exec "{shutil.which("chroot")}" "{root}" /bootstrap'
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", mounted]
    path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    return Function(root / "bootstrap", f"http://{name}:{PORT}", command=command, **path, **environment)


def get(function: Function) -> int:
    """Reads the haiku; returns the status of the response."""
    return function.invoke(events.event("http-api-2.0", "GET", f"/haiku/{HAIKU}", None))["statusCode"]


def get_on_new_connection(function: Function) -> int:
    # The function has to notice that the database closed the connection.
    time.sleep(0.05)
    return get(function)


# Lookups that succeed in the end


def test_a_name_is_resolved_in_a_directory_that_holds_nothing_else(root: Path):
    assert sorted(path.name for path in root.iterdir()) == ["bootstrap", "proc"]
    with DnsServer(addresses("127.0.0.1")), Database("127.0.0.1"), function(root) as running:
        assert get(running) == 200
        assert running.took < 1


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(lost, id="both"),
        pytest.param(lambda kind: None if kind == 1 else "", id="A"),
        pytest.param(lambda kind: None if kind == 28 else "127.0.0.1", id="AAAA"),
    ],
)
def test_a_lost_packet_costs_less_than_two_seconds(root: Path, first):
    behaviour = in_turn(first, addresses("127.0.0.1"))
    with DnsServer(behaviour), Database("127.0.0.1"), function(root) as running:
        assert get(running) == 200
        assert running.took < 2


@pytest.mark.parametrize("delay", [1.7, 2.5, 3.5])
def test_slow_dns_delays_the_first_response_only(root: Path, delay: float):
    with DnsServer(addresses("127.0.0.1"), delay), Database("127.0.0.1"), function(root) as running:
        assert get(running) == 200
        assert running.took < delay + 1
        # Later connections use the known address.
        assert get_on_new_connection(running) == 200
        assert running.took < 1


def test_an_invocation_continues_the_lookup_of_the_previous_one(root: Path):
    with DnsServer(addresses("127.0.0.1"), delay=2.5) as dns, Database("127.0.0.1"), function(root) as running:
        event = events.event("http-api-2.0", "GET", f"/haiku/{HAIKU}", None)
        assert running.invoke(event, seconds=1.5)["statusCode"] == 503
        assert get(running) == 200
        assert running.took < 2
        # The one lookup sends its queries again each second.
        assert dns.queries[1] <= 4


def test_servfail_is_retried(root: Path):
    behaviour = in_turn(fails, fails, addresses("127.0.0.1"))
    with DnsServer(behaviour), Database("127.0.0.1"), function(root) as running:
        assert get(running) == 200
        assert running.took < 2


def test_a_name_with_only_an_ipv6_address_is_resolved(root: Path):
    with DnsServer(addresses(v6="::1")), Database("::1"), function(root) as running:
        assert get(running) == 200
        assert running.took < 1


# A warm function


def test_a_changed_address_is_used_by_the_next_connection(root: Path):
    with DnsServer(addresses("127.0.0.1")) as dns, function(root) as running:
        with Database("127.0.0.1") as old:
            assert get(running) == 200
            assert old.requests == 1
        with Database("127.0.0.2") as new:
            dns.behaviour = addresses("127.0.0.2")
            assert get_on_new_connection(running) == 200
            assert running.took < 1
            assert new.requests == 1


@pytest.mark.parametrize("behaviour", [fails, lost])
def test_the_last_good_address_is_used_while_dns_does_not_work(root: Path, behaviour):
    with DnsServer(addresses("127.0.0.1")) as dns, Database("127.0.0.1") as database, function(root) as running:
        assert get(running) == 200
        dns.behaviour = behaviour
        for _ in range(3):
            assert get_on_new_connection(running) == 200
            assert running.took < 1
        assert database.requests == 4


def test_the_last_good_address_is_used_without_a_dns_server(root: Path):
    with Database("127.0.0.1"), function(root) as running:
        with DnsServer(addresses("127.0.0.1")):
            assert get(running) == 200
        assert get_on_new_connection(running) == 200
        assert running.took < 1


def test_a_name_that_cannot_be_resolved_is_reported(root: Path):
    with DnsServer(addresses()), function(root) as running:
        assert get(running) == 503
        assert running.took < 2
        assert f"http://{NAME}:{PORT}: the name could not be resolved" in running.output()


# Shared libraries


def modules_for(root: Path, switch: str | None) -> None:
    """Adds the nsswitch.conf, and a glibc with the name service modules that it lists, to the root directory."""
    if switch is None:
        return
    (root / "etc").mkdir()
    (root / "etc" / "nsswitch.conf").write_text(f"hosts: {switch}\n")
    listed = subprocess.run(["ldd", shutil.which("true")], capture_output=True, text=True, check=True).stdout
    libc = Path(listed.split("libc.so.6 => ")[1].split()[0])
    folder = root / libc.parent.relative_to("/")
    folder.mkdir(parents=True)
    shutil.copy(libc, folder)
    for loader in libc.parent.glob("ld-linux-*.so.*"):
        shutil.copy(loader, folder)
    for module in switch.replace("[", " [").split():
        if module.isidentifier() and module not in ("files", "dns"):
            source = f"""
                #include <nss.h>
                enum nss_status _nss_{module}_gethostbyname4_r(void) {{ return NSS_STATUS_NOTFOUND; }}
                enum nss_status _nss_{module}_gethostbyname3_r(void) {{ return NSS_STATUS_NOTFOUND; }}
                enum nss_status _nss_{module}_gethostbyname2_r(void) {{ return NSS_STATUS_NOTFOUND; }}
            """
            command = ["cc", "-shared", "-fPIC", "-xc", "-", "-o", folder / f"libnss_{module}.so.2"]
            subprocess.run(command, input=source, text=True, check=True)


def mapped_files(running: Function) -> set[str]:
    """The files that the function has mapped into its memory."""
    (bootstrap,) = (one for one in descendants(running.process.pid) if "bootstrap" in one.arguments[0])
    lines = Path(f"/proc/{bootstrap.pid}/maps").read_text().splitlines()
    return {line.split(maxsplit=5)[5] for line in lines if "/" in line}


@pytest.mark.parametrize("switch", SWITCHES.values(), ids=SWITCHES.keys())
def test_no_shared_library_is_loaded(root: Path, switch: str | None):
    modules_for(root, switch)
    with DnsServer(addresses("127.0.0.1")), Database("127.0.0.1"), function(root) as running:
        assert get(running) == 200
        assert [path for path in mapped_files(running) if ".so" in path] == []
        assert any(path.endswith("/bootstrap") for path in mapped_files(running))
