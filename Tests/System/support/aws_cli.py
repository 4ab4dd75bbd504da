"""
The AWS CLI without its start-up time: a process that has loaded it once and forks for each command.

`command(folder)` writes an executable `aws` to the folder that passes its arguments, environment, working directory and
standard streams to that process. It is the same CLI (awscli.clidriver), but its waiters poll often.
"""

import array
import json
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

CLIENT = """#!{python} -IS
import array, json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
message = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
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
    arguments, environment, folder = _receive(connection)
    data_path = os.environ["AWS_DATA_PATH"]
    os.environ.clear()
    # awscli sets AWS_DATA_PATH when it is imported.
    os.environ.update(environment, AWS_DATA_PATH=data_path)
    os.chdir(folder)
    # The streams of the parent process are not those of the command.
    sys.stdin, sys.stdout, sys.stderr = open(0, closefd=False), open(1, "w", closefd=False), open(2, "w", closefd=False)
    try:
        return driver.create_clidriver().main(arguments) or 0
    except SystemExit as exit:
        return exit.code if isinstance(exit.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _serve(address: str) -> None:
    import awscli.clidriver as driver

    # Waiters poll every 5 to 30 s; an emulator is done at once.
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(min(seconds, 0.05))

    # Load what every command loads, before forking.
    for module in ("awscli.customizations.s3.subcommands", "awscli.customizations.cloudformation.deploy", "s3transfer"):
        __import__(module)
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
    """Serves an `aws` in the folder during the context."""
    address = str(folder / "aws.socket")
    (folder / "aws").write_text(CLIENT.format(python=sys.executable, address=address))
    (folder / "aws").chmod(0o755)
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
