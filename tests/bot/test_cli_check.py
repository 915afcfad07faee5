import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml

from bot.check import SCOPES, check
from bot.demo.jdcloud import CloudStandIn
from bot.demo.slack import SlackStandIn, Workspace
from bot.settings_parts import load_parts
from store.database import Database
from tests.bot.program import Program


@asynccontextmanager
async def outside(folder: Path) -> AsyncIterator[tuple[SlackStandIn, dict[str, str]]]:
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
                "jdcloud_timeout_s": "5",
                "database_url": f"sqlite:///{folder / 'bot.db'}",
                "bot_language": "en",
            },
        )


async def found(values: dict[str, str], **changes: str) -> list[str]:
    environ = {name.upper(): value for name, value in {**values, **changes}.items()}
    parts = load_parts(environ, env_file=Path("/nowhere/.env"), home=Path("/nowhere"))
    return [str(finding) for finding in await check(parts)]


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


async def test_a_database_that_is_not_there_yet_is_good_and_stays_away(tmp_path: Path) -> None:
    async with outside(tmp_path) as (_, values):
        lines = await found(values)
    assert lines[1] == (
        f"✓ There is no database file {tmp_path}/bot.db yet; copy-image-bot run or migrate creates it"
    )
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib's is not for a coroutine


async def test_a_database_without_a_schema_is_good_too(tmp_path: Path) -> None:
    (tmp_path / "bot.db").touch()
    async with outside(tmp_path) as (_, values):
        lines = await found(values)
    assert lines[1] == "✓ Database reachable; copy-image-bot run or migrate will bring its schema up to date"


async def test_what_has_its_settings_is_checked_and_the_rest_is_said_not_to_be(tmp_path: Path) -> None:
    async with outside(tmp_path) as (_, values):
        no_slack = await found(values, slack_bot_token="", bot_port="x")
        no_keys = await found(values, jdcloud_access_key="", database_url="mysql://x")
    assert [line.partition(":")[0] for line in no_slack] == [
        "✗ SLACK_BOT_TOKEN is not set. It must begin with xoxb-",
        "✗ BOT_PORT is wrong. It must be a port from 0 to 65535.",
        f"✓ There is no database file {tmp_path}/bot.db yet; copy-image-bot run or migrate creates it",
        "– Slack not checked",
        "✓ JD Cloud vm (cn-north-1)",
        "✓ JD Cloud disk (cn-north-1)",
    ]
    assert [line.partition(":")[0] for line in no_keys[2:]] == [
        "– Database not checked",
        "✓ Slack token valid",
        "✓ Slack scopes complete",
        "✓ Socket Mode available",
        "– JD Cloud not checked",
    ]


async def test_a_network_that_is_down_is_not_blamed_on_tokens_or_keys(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:1"
    away = {"slack_api_url": f"{nobody}/api", "jdcloud_vm_url": nobody, "jdcloud_disk_url": nobody}
    async with outside(tmp_path) as (_, values):
        lines = await found(values, **away)
    assert lines[2:] == [
        f"✗ {nobody}/api/ can't be reached. Check the network, DNS, the proxy (HTTPS_PROXY) and SLACK_API_URL.",
        f"✗ {nobody} can't be reached. Check the network, DNS and JDCLOUD_VM_URL; no proxy is used.",
        f"✗ {nobody} can't be reached. Check the network, DNS and JDCLOUD_DISK_URL; no proxy is used.",
    ]


async def test_an_address_that_is_not_slacks_is_told(tmp_path: Path) -> None:
    async with outside(tmp_path) as (_, values):
        lines = await found(values, slack_api_url=values["jdcloud_vm_url"])
    assert lines[2] == (
        f"✗ {values['jdcloud_vm_url']}/ doesn't answer like Slack (HTTP 401). Check SLACK_API_URL."
    )


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


async def test_a_wrong_bot_token_is_told(tmp_path: Path) -> None:
    async with outside(tmp_path) as (_, values):
        wrong = await found(
            values, slack_bot_token="xoxb-wrong", slack_app_token="", slack_signing_secret="s"
        )
    assert wrong[2].startswith("✗ Slack token (SLACK_BOT_TOKEN): invalid_auth. Copy it again")
    assert wrong[3].startswith("✓ JD Cloud")


def test_bad_settings_are_a_line_each_and_end_with_1(tmp_path: Path) -> None:
    result = Program(tmp_path).run("check", BOT_PORT="x")
    assert result.exit_code == 1
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["✗", "SLACK_BOT_TOKEN"],
        ["✗", "SLACK_SIGNING_SECRET"],
        ["✗", "JDCLOUD_ACCESS_KEY"],
        ["✗", "JDCLOUD_SECRET_KEY"],
        ["✗", "BOT_PORT"],
        ["✓", "There"],
        ["–", "Slack"],
        ["–", "JD"],
    ]


def test_a_name_that_is_no_setting_is_a_warning_beside_the_findings(tmp_path: Path) -> None:
    result = Program(tmp_path).run("check", BOT_PORTS="1")
    assert result.stderr.splitlines() == [
        "BOT_PORTS is no setting of this program and has no effect. Did you mean BOT_PORT?"
    ]


def test_an_env_file_that_others_can_read_is_a_warning_with_the_command_to_mend_it(tmp_path: Path) -> None:
    program, env = Program(tmp_path), tmp_path / ".env"
    env.write_text("BOT_PORT=3000\n", "utf-8")
    for mode, warned in ((0o644, True), (0o640, True), (0o600, False), (0o400, False)):
        env.chmod(mode)
        for command in ("check", "run"):
            lines = program.run(command).stderr.splitlines()
            said = ".env can be read by others than its owner. Run chmod 600 .env." in lines
            assert (oct(mode), command, said) == (oct(mode), command, warned)


def test_a_broken_env_file_is_a_line_and_nothing_else_is_known(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('DATABASE_URL="x\n', "utf-8")
    result = Program(tmp_path).run("check")
    assert result.exit_code == 1
    assert [line[:10] for line in result.stdout.splitlines()] == [
        "✗ Line 1 o",
        "– Database",
        "– Slack no",
        "– JD Cloud",
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
