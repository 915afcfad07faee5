"""`copy-image-bot demo` as a process: its port, and its end."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WITHIN_S = 30


async def started(*words: str) -> Process:
    program = (sys.executable, "-m", "bot", "demo", *words)
    return await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdout=PIPE, stderr=PIPE)


async def test_a_port_that_is_taken_is_said_with_how_to_take_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = await started("--port", str(port))
        async with asyncio.timeout(WITHIN_S):
            _, said = await demo.communicate()
    assert demo.returncode == 1
    other = f"make demo PORT={port + 1}"
    chinese, english = said.decode().splitlines()
    assert chinese.startswith(f"端口 {port} 无法使用（Address already in use）。请换一个：{other}，或 ")
    assert english.startswith(
        f"Port {port} can't be used (Address already in use). Take another: {other}, or "
    )
    assert english.endswith(f"copy-image-bot demo --port {port + 1}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_ends_when_told_to_and_says_so(number: signal.Signals) -> None:
    demo = await started("--port", "0")
    assert demo.stdout is not None
    async with asyncio.timeout(WITHIN_S):
        while b"http://127.0.0.1:" not in await demo.stdout.readline():
            pass
        demo.send_signal(number)
        rest, wrong = await demo.communicate()
    assert demo.returncode == 0
    assert rest.decode().splitlines()[-1] == "  已结束 · Ended."
    assert wrong == b""


@pytest.mark.parametrize(("words", "port"), [((), ""), (("PORT=9000",), " --port 9000")])
async def test_make_passes_the_port_on(words: tuple[str, ...], port: str) -> None:
    # These tests may run under `make` themselves, which would have this one say which directory it is in.
    quiet = ("make", "--no-print-directory", "-n", "demo", *words)
    make = await asyncio.create_subprocess_exec(*quiet, cwd=ROOT, stdout=PIPE)
    said, _ = await make.communicate()
    assert said.decode().splitlines()[-1].rstrip() == f".venv/bin/copy-image-bot demo{port}"
