from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.check import SCOPES, check
from bot.demo.jdcloud import CloudStandIn
from bot.demo.slack import SlackStandIn, Workspace
from bot.settings import Settings
from store.database import Database
from tests.bot.program import Program


@asynccontextmanager
async def outside(folder: Path) -> AsyncIterator[tuple[SlackStandIn, dict[str, Any]]]:
    """Slack and the cloud, and the settings that suit them."""
    workspace = Workspace()
    async with CloudStandIn() as cloud, SlackStandIn(workspace) as slack:
        yield (
            slack,
            {
                "slack_bot_token": workspace.bot_token,
                "slack_app_token": workspace.app_token,
                "slack_api_url": slack.api_url,
                "jdcloud_access_key": cloud.access_key,
                "jdcloud_secret_key": cloud.secret_key,
                "jdcloud_vm_url": cloud.url,
                "jdcloud_disk_url": cloud.url,
                "jdcloud_timeout_s": 5,
                "database_url": f"sqlite:///{folder / 'bot.db'}",
                "bot_language": "en",
            },
        )


async def found(values: dict[str, Any], **changes: Any) -> list[str]:
    return [str(finding) for finding in await check(Settings(**{**values, **changes}))]


async def test_all_good_says_so_line_by_line(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'bot.db'}").migrate()
    async with outside(tmp_path) as (_, values):
        lines = await found(values)
    assert lines[:5] == [
        "✓ Settings",
        "✓ Database reachable, schema up to date",
        "✓ Slack token valid: workspace Demo, bot copy-image",
        "✓ Slack scopes complete",
        "✓ Socket Mode available",
    ]
    assert [line.split(":")[0] for line in lines[5:]] == [
        "✓ JD Cloud vm (cn-north-1)",
        "✓ JD Cloud disk (cn-north-1)",
    ]


async def test_a_new_database_is_good_too(tmp_path: Path) -> None:
    async with outside(tmp_path) as (_, values):
        lines = await found(values)
    assert lines[1] == "✓ Database reachable; copy-image-bot run or migrate will bring its schema up to date"


async def test_each_bad_thing_is_told_with_what_to_do(tmp_path: Path) -> None:
    async with outside(tmp_path) as (slack, values):
        slack.workspace.scopes.remove("files:write")
        changes = {
            "slack_app_token": "xapp-wrong",
            "jdcloud_secret_key": "wrong",
            "database_url": "sqlite:////nowhere/at/all.db",
        }
        lines = await found(values, **changes)
    assert [line for line in lines if line.startswith("✗")] == lines[1:2] + lines[3:]
    assert lines[1].startswith("✗ Database: unable to open database file. Check DATABASE_URL")
    assert lines[3].startswith(
        "✗ The Slack token lacks the scopes files:write. Update the app from manifest.yml"
    )
    assert lines[4].startswith("✗ Socket Mode (SLACK_APP_TOKEN): invalid_auth. See that")
    assert lines[5].startswith("✗ JD Cloud vm (cn-north-1): 401 ")
    assert lines[6].endswith("Check the key pair, its rights and JDCLOUD_DISK_URL.")


async def test_a_wrong_bot_token_and_a_silent_slack_are_told(tmp_path: Path) -> None:
    async with outside(tmp_path) as (_, values):
        wrong = await found(
            values, slack_bot_token="xoxb-wrong", slack_app_token=None, slack_signing_secret="s"
        )
        away = await found(values, slack_api_url="http://127.0.0.1:1/api/")
    assert wrong[2].startswith("✗ Slack token (SLACK_BOT_TOKEN): invalid_auth. Copy it again")
    assert wrong[3].startswith("✓ JD Cloud")
    assert away[2].startswith("✗ Slack token (SLACK_BOT_TOKEN): ClientConnectorError. Copy it again")


def test_bad_settings_are_a_line_each_and_end_with_1(tmp_path: Path) -> None:
    result = Program(tmp_path).run("check", BOT_PORT="x")
    assert result.exit_code == 1
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["✗", "SLACK_BOT_TOKEN"],
        ["✗", "SLACK_SIGNING_SECRET"],
        ["✗", "JDCLOUD_ACCESS_KEY"],
        ["✗", "JDCLOUD_SECRET_KEY"],
        ["✗", "BOT_PORT"],
    ]


def test_the_manifest_asks_for_exactly_the_scopes_that_are_checked() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text("utf-8"))
    assert manifest["oauth_config"]["scopes"]["bot"] == list(SCOPES)


@pytest.mark.parametrize("key", ["name", "description", "long_description"])
def test_the_manifest_keeps_slacks_limits(key: str) -> None:
    manifest = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text("utf-8"))
    limits = {"name": (1, 35), "description": (1, 140), "long_description": (175, 4000)}
    shortest, longest = limits[key]
    assert shortest <= len(manifest["display_information"][key]) <= longest
