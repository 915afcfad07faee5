"""Every refusal on the copyImages page, and those of its gateway: what the channel reads, and what can be done next."""

import asyncio
from itertools import pairwise

import pytest

from bot.demo.jdcloud import rows
from bot.demo.scene import CHEN_YU, LI_NA, WANG_LEI
from commands.text import Language
from tests.end_to_end.stage import API, SHANGHAI, WEB, Stage, buttons, image, on_stage, shown

FINAL = {
    "invalid_region": ("地域参数错误", "wrong region"),
    "not_cloud_disk": ("只支持云盘系统盘类型的镜像", "only images whose system disk is a cloud disk"),
    "image_status": ("镜像状态错误", "wrong image status"),
    "not_private": ("不能操作非私有镜像", "only private images can be"),
    "encrypted": ("不支持跨地域复制带有加密快照的镜像", "doesn't copy images with encrypted snapshots"),
    "image_quota": ("镜像配额不足", "too little image quota left"),
    "snapshot_quota": ("快照配额不足", "too little snapshot quota left"),
    "not_found": ("镜像不存在", "there is no such image"),
    "unauthenticated": ("京东云未接受机器人的访问密钥", "JD Cloud didn't accept the bot's access key"),
    "forbidden": ("访问密钥没有所需的权限", "access key lacks the right"),
}
PASSING = {
    "task_conflict": ("镜像正在处理其它任务", "another task is working on the image"),
    "busy": ("镜像正在跨区复制或转换中", "the image is being copied to a region or converted"),
    "rate_limit": ("请求过于频繁", "too many requests to JD Cloud"),
}
UNCERTAIN = {
    "internal": ("系统内部错误", "JD Cloud had an internal error"),
    "unknown_server": ("服务暂时不可用", "JD Cloud is unavailable for the moment"),
    "bad_gateway": ("京东云未能正常响应", "JD Cloud didn't answer properly"),
}
ROWS = {row.name: row for row in rows()}
LANGUAGES: list[Language] = ["zh", "en"]


def test_every_answer_of_the_cloud_is_played_here() -> None:
    assert ROWS.keys() == FINAL.keys() | PASSING.keys() | UNCERTAIN.keys()


async def asked(stage: Stage) -> None:
    await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2")


def assert_explained(stage: Stage, part: str, row: str, meaning: str) -> None:
    """The meaning first, then what to do, then the cloud's own words with the id of the answer."""
    happened, to_do, words, *_settled = stage.say(part).splitlines()
    answer = next(call for call in stage.world.cloud.calls if call.operation == "copyImages")
    played = ROWS[row]
    message = played.message.format(image=WEB, region=SHANGHAI, status="ready", snapshot="snapshot-web")
    assert meaning in happened
    assert f"`{WEB}`" in happened
    assert to_do
    assert words == f"`{played.http_status} {played.status}` {message} · requestId `{answer.request_id}`"
    posted = stage.part(part)
    assert posted is not None
    assert shown(posted) == posted.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", FINAL)
async def test_a_refusal_is_explained_once_and_ends_the_request(row: str, language: Language) -> None:
    async with on_stage(images=[image(WEB, plays=row)], language=language) as stage:
        await asked(stage)
        await stage.until_state("failed")
        assert_explained(stage, "error-1", row, FINAL[row][LANGUAGES.index(language)])
        assert stage.say("error-1").startswith("❌ ")
        assert stage.card().text.startswith("❌ ")
        assert buttons(stage.card()) == ["retry"]
        assert stage.parts() == ["error-1", "outcome"]
        assert (
            stage.say("outcome")
            == (
                f"<@{WANG_LEI}> 没有镜像复制成功，原因见上",
                f"<@{WANG_LEI}> no image was copied, for the reason above.",
            )[LANGUAGES.index(language)]
        )
        await stage.pass_time(hours=2)
        assert stage.sent == [([WEB], SHANGHAI)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", PASSING)
async def test_what_passes_is_explained_once_and_tried_again_with_growing_pauses(
    row: str, language: Language
) -> None:
    busy = image(WEB, plays=row)
    async with on_stage(images=[busy], language=language) as stage:
        await asked(stage)
        await stage.later(lambda: len(stage.sent) == 4)
        sent = [call.at for call in stage.world.cloud.calls if call.operation == "copyImages"]
        pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(sent)]
        assert pauses == sorted(pauses)
        assert pauses[0] >= 2
        assert pauses[2] >= 2 * pauses[0]
        assert_explained(stage, "error-1", row, PASSING[row][LANGUAGES.index(language)])
        assert stage.parts() == ["error-1"]
        assert stage.say("error-1").startswith("⚠️ ")
        assert stage.card().text.startswith("⏳ ")
        busy.plays = None
        await stage.later(lambda: stage.part("mapping-1"))
        await stage.quiet()
        assert (
            stage.say("error-1").splitlines()[1]
            == (
                f"已确认：`{WEB}` 的复制已开始，您无需操作",
                f"Settled: copying `{WEB}` has begun; there is nothing you need to do.",
            )[LANGUAGES.index(language)]
        )
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert [(source, region) for source, region, _ in stage.world.cloud.accepted] == [(WEB, SHANGHAI)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", ["internal", "unknown_server"])
async def test_a_server_error_is_explained_at_once_and_fails_when_no_copy_appears(
    row: str, language: Language
) -> None:
    async with on_stage(images=[image(WEB, plays=row)], language=language) as stage:
        await asked(stage)
        await stage.later(lambda: stage.part("unknown-1"))
        assert await stage.state() == "copying"
        assert_explained(stage, "unknown-1", row, UNCERTAIN[row][LANGUAGES.index(language)])
        assert stage.say("unknown-1").startswith("⚠️ ")
        await stage.quiet()
        assert stage.card().text.startswith(("⚠️ 确认中", "⚠️ Checking the outcome"))
        assert ("“重试”" in stage.say("unknown-1"), "Retry" in stage.say("unknown-1")) == (False, False)
        began = stage.world.bot.ports.now()
        await stage.until_state("failed")
        assert (stage.world.bot.ports.now() - began).total_seconds() >= 60
        assert stage.sent == [([WEB], SHANGHAI)]
        assert buttons(stage.card()) == ["retry"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_proxys_page_is_explained_in_words_of_ours(language: Language) -> None:
    async with on_stage(images=[image(WEB, plays="bad_gateway")], language=language) as stage:
        await asked(stage)
        await stage.until_state("failed")
        happened, settled, to_do, words = stage.say("unknown-1").splitlines()
        assert UNCERTAIN["bad_gateway"][LANGUAGES.index(language)] in happened
        assert WEB in settled
        assert ("重试", "Retry")[LANGUAGES.index(language)] in to_do
        assert words.startswith("`502`")
        assert "html" not in stage.say("unknown-1")


async def test_retry_pressed_by_two_people_at_once_makes_one_request_that_copies_what_failed() -> None:
    failing = image(WEB, plays="image_quota")
    async with on_stage(images=[failing, image(API)]) as stage:
        await asked(stage)
        await stage.until_state("failed")
        failing.plays = None
        first = stage.card()
        answers = await asyncio.gather(
            stage.press(CHEN_YU, "retry", first), stage.press(LI_NA, "retry", first)
        )
        await stage.later(lambda: len(stage.cards()) == 2 and stage.part("mapping-1"))
        stage.world.cloud.finish()
        await stage.until_state("ready")
        again = await stage.press(WANG_LEI, "retry", first, value=_value(first))
        assert sorted(answer[:3] for answer in answers) == ["已受理", "此命令"]
        assert "已受理过" in again
        assert len(stage.cards()) == 2
        assert "retry" not in buttons(stage.cards()[0])
        assert stage.sent == [([WEB], SHANGHAI), ([WEB], SHANGHAI)]


def _value(message: object) -> str:
    identity = message.metadata["event_payload"]["request_id"]  # type: ignore[attr-defined]
    return f"{identity}.1"
