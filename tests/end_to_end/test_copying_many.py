"""Many images at once: how they are spread over calls, and what a refusal of one means for the others."""

from math import ceil

import pytest

from bot.demo.scene import WANG_LEI
from tests.end_to_end.stage import API, DB, GUANGZHOU, SHANGHAI, WEB, Stage, buttons, image, on_stage


def roomy(stage: Stage) -> None:
    for region in (SHANGHAI, GUANGZHOU):
        stage.world.cloud.quotas[region, "image"] = 1_000
        stage.world.cloud.quotas[region, "snapshot"] = 1_000


@pytest.mark.parametrize("number", [11, 20, 23])
async def test_more_than_ten_images_go_in_as_few_calls_as_hold_them(number: int) -> None:
    ids = [f"img-{n:03}" for n in range(number)]
    async with on_stage(images=[image(each) for each in ids]) as stage:
        roomy(stage)
        await stage.type(WANG_LEI, f"/copy-image {' '.join(ids)} to cn-east-2")
        calls = ceil(number / 10)
        await stage.later(lambda: stage.part(f"mapping-{calls}"))
        assert len(stage.sent) == calls
        assert all(len(images) <= 10 for images, _ in stage.sent)
        assert sorted(each for images, _ in stage.sent for each in images) == ids
        mappings = [name for name in stage.parts() if name.startswith("mapping-")]
        assert mappings == [f"mapping-{n}" for n in range(1, calls + 1)]
        assert f"…另有 {number - 10} 个镜像" in stage.card().text


async def test_images_of_one_name_go_in_different_calls() -> None:
    images = [image(WEB, "base"), image(API, "base"), image(DB, "other")]
    async with on_stage(images=images) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} {DB} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-2"))
        assert len(stage.sent) == 2
        assert not any({WEB, API} <= set(images) for images, _ in stage.sent)


async def test_a_hundred_images_with_long_names_are_told_in_messages_that_slack_takes() -> None:
    ids = [f"img-{n:03}" for n in range(100)]
    images = [image(each, f"{'n' * 28}{each[4:]}") for each in ids]
    async with on_stage(images=images, max_images=100) as stage:
        roomy(stage)
        reason = "<&>" * 150
        await stage.type(WANG_LEI, f"/copy-image {' '.join(ids)} to cn-east-2 because {reason}")
        await stage.later(lambda: len(stage.sent) == 10)
        stage.world.cloud.finish()
        await stage.until_state("ready")
        outcome = [m.text for m in stage.thread() if m.text.startswith(("`img-", "<@U0001> 100"))]
        told = [
            line.split("`")[1].split(" ")[0]
            for text in outcome
            for line in text.splitlines()
            if line.startswith("`")
        ]
        assert sorted(told) == ids


async def test_a_refusal_that_names_one_image_fails_that_one_and_the_others_go_in_a_new_call() -> None:
    gone = image(API, plays="not_found")
    async with on_stage(images=[image(WEB), gone, image(DB)]) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} {DB} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-2"))
        assert [sorted(images) for images, _ in stage.sent] == [[API, DB, WEB], [DB, WEB]]
        assert f"未能复制 `{API}`：镜像不存在" in stage.say("error-1")
        stage.world.cloud.finish()
        await stage.until_state("partly_ready")
        assert buttons(stage.card()) == ["retry"]
        assert "3 个副本中 2 个可用，1 个失败" in stage.say("outcome")
        gone.plays = None
        await stage.press(WANG_LEI, "retry")
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.sent[-1] == ([API], SHANGHAI)


async def test_a_refusal_that_names_no_image_fails_them_all() -> None:
    async with on_stage(images=[image(WEB, plays="image_quota"), image(API)]) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.until_state("failed")
        assert len(stage.sent) == 1
        assert f"`{API}`" in stage.say("error-1")
        assert f"`{WEB}`" in stage.say("error-1")


async def test_a_busy_image_holds_up_its_own_call_only() -> None:
    busy = image(WEB, "base", plays="busy")
    async with on_stage(images=[busy, image(API, "base")]) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.later(lambda: any(name.startswith("mapping-") for name in stage.parts()))
        assert [source for source, _, _ in stage.world.cloud.accepted] == [API]
        busy.plays = None
        await stage.later(lambda: len(stage.world.cloud.accepted) == 2)


async def test_a_copy_that_the_cloud_reports_as_failed_is_one_and_retry_is_for_it_alone() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        copies = {source: copy for source, _, copy in stage.world.cloud.accepted}
        stage.world.cloud.fail(copies[WEB])
        stage.world.cloud.finish(copies[API])
        await stage.until_state("partly_ready")
        assert f"❌ 京东云报告 `{WEB}` 的副本 `{copies[WEB]}` 复制出错" in stage.say("outcome")
        assert stage.say("outcome").splitlines()[-1] == (
            f"请先在京东云控制台删除 `cn-east-2` 华东-上海 中出错的副本 `{copies[WEB]}`，再点击卡片上的“重试”"
        )
        assert f"`{API} → {copies[API]}`" in stage.say("outcome")
        stage.copied_again[WEB, SHANGHAI] = 1
        await stage.press(WANG_LEI, "retry")
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.sent[-1] == ([WEB], SHANGHAI)


async def test_the_progress_of_a_copy_that_failed_ends_with_that() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2")
        await stage.later(lambda: stage.part("progress"))
        copy = stage.world.cloud.accepted[0][2]
        stage.world.cloud.fail(copy)
        await stage.until_state("failed")
        assert stage.say("progress") == f"`{copy}` 失败"
        assert "个可用" not in stage.card().text


async def test_a_copy_that_has_been_gone_for_ten_minutes_counts_as_failed() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        copy = stage.world.cloud.accepted[0][2]
        del stage.world.cloud.images[copy]
        await stage.pass_time(minutes=9)
        assert await stage.state() == "watching"
        await stage.pass_time(minutes=3)
        assert await stage.state() == "failed"
        assert f"`{WEB}` 的副本 `{copy}` 已从 `cn-east-2` 华东-上海 消失超过 10 分钟" in stage.say("outcome")
        alone = [c for c in stage.world.cloud.calls if c.path.endswith(f"/images/{copy}")]
        assert [(c.method, c.status) for c in alone] == [("GET", 404)]  # asked for by itself before it counts


async def test_a_copy_that_is_gone_for_a_moment_only_is_no_failure() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        copy = stage.world.cloud.images.pop(stage.world.cloud.accepted[0][2])
        await stage.pass_time(minutes=8)
        stage.world.cloud.add(copy)
        await stage.pass_time(minutes=8)
        assert await stage.state() == "watching"


async def test_a_copy_that_takes_more_than_a_day_is_looked_at_every_ten_minutes() -> None:
    async with on_stage(copy_seconds=1e7, bot_poll_s=3_000) as stage:
        await stage.type(WANG_LEI, f"/copy-image {WEB} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        await stage.pass_time(hours=25)
        before = len(stage.world.cloud.calls)
        await stage.pass_time(hours=1)
        assert len(stage.world.cloud.calls) - before == 6
        assert await stage.state() == "watching"
