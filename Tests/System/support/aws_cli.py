"""
The AWS CLI and the SAM translator without their start-up time: a process that has loaded them once forks for each command.

`command(folder)` writes executables `aws` and `python3` to the folder that pass their arguments, environment, working
directory and standard streams to that process. It is the same CLI (awscli.clidriver), except that it sleeps for at
most 0.05 s at a time.
"""

import array
import json
import os
import runpy
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context
from pathlib import Path

MODULES = (
    "awscli.customizations.s3.subcommands", "awscli.customizations.cloudformation.deploy", "s3transfer",
    "samtranslator.translator.transform", "samtranslator.yaml_helper",
)  # fmt: skip
SERVICES = ("cloudformation", "cloudfront", "dynamodb", "s3", "sts")
CLIENT = """#!{python} -IS
import array, json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
message = json.dumps([sys.argv, dict(os.environ), os.getcwd()]).encode()
server.sendmsg([len(message).to_bytes(8, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
server.sendall(message)
status = server.recv(1)
sys.exit(status[0] if status else 255)
"""


def _receive(connection: socket.socket) -> tuple[list[str], dict[str, str], str]:
    size, ancillary, _, _ = connection.recvmsg(8, socket.CMSG_SPACE(12))
    streams = array.array("i", ancillary[0][2])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    left, message = int.from_bytes(size, "big"), b""
    while len(message) < left:
        message += connection.recv(left - len(message))
    return json.loads(message)


def _run(driver, connection: socket.socket) -> int:
    (program, *arguments), environment, folder = _receive(connection)
    data_path = os.environ["AWS_DATA_PATH"]
    os.environ.clear()
    # awscli sets AWS_DATA_PATH when it is imported.
    os.environ.update(environment, AWS_DATA_PATH=data_path)
    os.chdir(folder)
    # The streams of the parent process are not those of the command.
    sys.stdin, sys.stdout, sys.stderr = open(0, closefd=False), open(1, "w", closefd=False), open(2, "w", closefd=False)
    try:
        if program.endswith("/python3"):
            return _run_python(*arguments)
        return driver.create_clidriver().main(arguments) or 0
    except SystemExit as exit:
        return exit.code if isinstance(exit.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _run_python(script: str, *arguments: str) -> int:
    """Runs a script, or the code after -c."""
    if script == "-c":
        exec(arguments[0], {})
    else:
        sys.argv = [script, *arguments]
        runpy.run_path(script, run_name="__main__")
    return 0


def _serve(address: str) -> None:
    import awscli.clidriver as driver
    from botocore.loaders import JSONFileLoader, Loader

    # Waiters poll every 5 to 30 s, but an emulator completes its operations at once.
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(min(seconds, 0.05))

    # Load what every command loads, before forking: modules, and the descriptions of the services.
    for module in MODULES:
        __import__(module)
    load = cache(JSONFileLoader().load_file)
    JSONFileLoader.load_file = lambda self, path: load(path)
    services = cache(Loader().list_available_services)
    Loader.list_available_services = lambda self, type_name: list(services(type_name))
    for service in SERVICES:
        session = driver.create_clidriver().session
        session.get_service_model(service)
        session.create_client(
            service, region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local"
        )
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(16)
    while True:
        connection, _ = listener.accept()
        child = os.fork()
        if child:
            # A thread for each command, so that commands may overlap.
            threading.Thread(target=_finish, args=(child, connection), daemon=True).start()
            continue
        status = 255
        try:
            status = _run(driver, connection)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status & 255)


def _finish(child: int, connection: socket.socket) -> None:
    _, status = os.waitpid(child, 0)
    with connection:
        try:
            connection.sendall(bytes([os.waitstatus_to_exitcode(status) & 255]))
        except OSError:
            pass  # The caller was killed.


@contextmanager
def command(folder: Path) -> Iterator[Path]:
    """Serves an `aws` and a `python3` in the folder during the context."""
    address = str(folder / "aws.socket")
    for name in ("aws", "python3"):
        (folder / name).write_text(CLIENT.format(python=sys.executable, address=address))
        (folder / name).chmod(0o755)
    server = get_context("spawn").Process(target=_serve, args=(address,), daemon=True)
    server.start()
    try:
        for _ in range(1200):
            if os.path.exists(address):
                break
            server.join(0.05)
        yield folder / "aws"
    finally:
        server.terminate()
        server.join()
