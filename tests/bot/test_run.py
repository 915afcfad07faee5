"""How `copy-image-bot run` starts: what it says on stderr, and nothing that only frightens."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

from bot.demo.jdcloud import CloudStandIn
from bot.demo.slack import SlackStandIn, Workspace

WITHIN_S = 30


async def lines_until(event: str, folder: Path, **environ: str) -> list[dict[str, Any]]:
    """Every line in the log of a bot until the one about this event, after which the bot is told to end."""
    everything = {"PATH": os.environ["PATH"], "HOME": str(folder), "BOT_PORT": "0", **environ}
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"), cwd=folder, env=everything, stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            found = await _lines_until(event, run)
            run.send_signal(signal.SIGTERM)
            await run.communicate()
    finally:
        if run.returncode is None:
            run.kill()
            await run.wait()
    assert run.returncode == 0
    return found


async def _lines_until(event: str, run: Process) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while not found or found[-1]["event"] != event:
        assert run.stderr is not None
        line = await run.stderr.readline()
        assert line.startswith(b"{"), f"{line.decode()}{(await run.stderr.read()).decode()}"
        found.append(json.loads(line))
    return found


def settings(workspace: Workspace, slack_url: str, cloud_url: str, **changes: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": slack_url,
        "JDCLOUD_ACCESS_KEY": "hidden-access",
        "JDCLOUD_SECRET_KEY": "hidden-secret",
        "JDCLOUD_VM_URL": cloud_url,
        "JDCLOUD_DISK_URL": cloud_url,
        **changes,
    }


async def test_a_good_start_warns_of_nothing(tmp_path: Path) -> None:
    workspace = Workspace()
    async with SlackStandIn(workspace) as slack, CloudStandIn() as cloud:
        environ = settings(workspace, slack.api_url, cloud.url)
        said = await lines_until("slack_accepted_token", tmp_path, **environ)
    assert [(line["event"], line["level"]) for line in said] == [
        ("started", "info"),
        ("slack_accepted_token", "info"),
    ]


async def test_a_slack_that_cannot_be_reached_is_named_with_what_to_check(tmp_path: Path) -> None:
    environ = settings(Workspace(), "http://127.0.0.1:1/api", "http://127.0.0.1:1", NO_PROXY="*")
    *_, last = await lines_until("slack_not_connected", tmp_path, **environ)
    assert (last["host"], last["error"], last["check"]) == (
        "127.0.0.1:1",
        "Connection refused",
        "the network, the firewall, and the proxy (HTTPS_PROXY)",
    )


async def test_a_wrong_app_token_is_named_and_not_shown(tmp_path: Path) -> None:
    workspace = Workspace()
    async with SlackStandIn(workspace) as slack, CloudStandIn() as cloud:
        environ = settings(workspace, slack.api_url, cloud.url, SLACK_APP_TOKEN="xapp-hidden")
        said = await lines_until("slack_not_connected", tmp_path, **environ)
    assert (said[-1]["error"], said[-1]["check"]) == ("invalid_auth", "SLACK_APP_TOKEN")
    assert "hidden" not in json.dumps(said)
    assert {line["level"] for line in said} == {"info", "warning"}
