"""`/copy-image pause`: whoever waits for a copy sees why it does not come."""

import pytest

from bot.demo.jdcloud import Fault
from bot.demo.scene import LI_NA, WANG_LEI, ZHAO_MIN
from tests.end_to_end.stage import API, WEB, Stage, image, on_stage, part_of

COPY = f"/copy-image {WEB} to cn-east-2"
HELD = {
    "zh": "已暂停向京东云提交：恢复后自动继续，无需操作",
    "en": "Sending to JD Cloud is paused: this goes on by itself once it is resumed",
}


def told(stage: Stage) -> list[str]:
    """What the channel was told outside threads, cards left out."""
    return [m.text for m in stage.world.slack.messages(stage.channel) if part_of(m) != "card"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_card_of_an_approved_request_says_that_sending_is_paused(language: str) -> None:
    async with on_stage(bot_admins=ZHAO_MIN, language=language) as stage:
        await stage.type(ZHAO_MIN, "/copy-image pause")
        await stage.type(WANG_LEI, COPY)
        await stage.pass_time(minutes=2)
        assert (await stage.state(), stage.sent) == ("approved", [])
        assert HELD[language] in stage.card().text
        await stage.type(ZHAO_MIN, "/copy-image resume")
        await stage.later(lambda: stage.sent)
        await stage.quiet()
        assert HELD[language] not in stage.card().text


async def test_looking_again_while_it_is_paused_does_not_edit_the_card_again() -> None:
    async with on_stage(bot_admins=ZHAO_MIN) as stage:
        await stage.type(ZHAO_MIN, "/copy-image pause")
        await stage.type(WANG_LEI, COPY)
        await stage.pass_time(seconds=10)
        edits = len([c for c in stage.world.slack.calls if c.method == "chat.update"])
        await stage.pass_time(minutes=5)
        assert len([c for c in stage.world.slack.calls if c.method == "chat.update"]) == edits


async def test_who_asks_while_it_is_paused_hears_so() -> None:
    async with on_stage(bot_admins=ZHAO_MIN) as stage:
        await stage.type(ZHAO_MIN, "/copy-image pause")
        answer = await stage.type(WANG_LEI, COPY)
        assert answer.splitlines()[1:] == ["目前已暂停向京东云提交：恢复后才会复制"]


async def test_what_expires_while_it_is_paused_says_so() -> None:
    async with on_stage(bot_admins=ZHAO_MIN, expires_after="10m") as stage:
        await stage.type(ZHAO_MIN, "/copy-image pause")
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("expired")
        assert "提交一直处于暂停，直到失效，因此没有复制任何镜像" in stage.card().text


async def test_the_last_approver_hears_that_sending_is_paused() -> None:
    async with on_stage(approvals=1, bot_admins=ZHAO_MIN) as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("waiting")
        await stage.type(ZHAO_MIN, "/copy-image pause")
        answer = await stage.press(LI_NA, "approve")
        assert answer.endswith("目前已暂停向京东云提交，恢复后自动复制")


async def test_status_of_a_waiting_request_says_that_sending_is_paused() -> None:
    async with on_stage(approvals=1, bot_admins=ZHAO_MIN) as stage:
        identity = (await stage.type(WANG_LEI, COPY)).split("cp-")[1][:6]
        await stage.until_state("waiting")
        ask = f"/copy-image status cp-{identity}"
        paused = "目前已暂停向京东云提交：获批后会等到恢复"
        assert paused not in await stage.type(WANG_LEI, ask)
        await stage.type(ZHAO_MIN, "/copy-image pause")
        assert paused in await stage.type(WANG_LEI, ask)


async def test_calls_that_are_left_when_the_pause_comes_are_shown_as_held() -> None:
    same = [image(WEB, "base"), image(API, "base")]  # one name: two calls
    async with on_stage(images=same, bot_admins=ZHAO_MIN) as stage:
        stage.world.cloud.faults.append(Fault(error="busy", image=API, times=None))
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        await stage.type(ZHAO_MIN, "/copy-image pause")
        stage.world.cloud.faults.clear()
        await stage.pass_time(minutes=10)
        sent = len(stage.sent)
        assert HELD["zh"] in stage.card().text
        await stage.type(ZHAO_MIN, "/copy-image resume")
        await stage.later(lambda: len(stage.sent) > sent)
        await stage.quiet()
        assert HELD["zh"] not in stage.card().text


async def test_channels_with_open_requests_are_told_of_a_pause_and_of_its_end_once() -> None:
    async with on_stage(approvals=1, bot_admins=ZHAO_MIN) as stage:
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("waiting")
        for verb in ("pause", "pause", "resume"):
            await stage.type(ZHAO_MIN, f"/copy-image {verb}", ZHAO_MIN)
            await stage.quiet()
        assert told(stage) == [
            f"⏸️ <@{ZHAO_MIN}> 已暂停向京东云提交新的复制：仍可申请和批准，恢复后自动继续；已提交的照常进行",
            f"▶️ <@{ZHAO_MIN}> 已恢复向京东云提交：等待中的复制自动继续",
        ]


async def test_channels_that_wait_for_nothing_are_not_told() -> None:
    async with on_stage(bot_admins=ZHAO_MIN) as stage:
        await stage.type(ZHAO_MIN, "/copy-image pause", ZHAO_MIN)
        await stage.quiet()
        assert told(stage) == []
