"""Calls whose answer is lost, late or says nothing certain: looked for, adopted, or sent again."""

from typing import Any

import pytest

from bot.demo.jdcloud import Fault
from bot.demo.scene import WANG_LEI, ZHAO_MIN
from tests.end_to_end.stage import API, SHANGHAI, WEB, Stage, buttons, image, on_stage

COPY = f"/copy-image {WEB} to cn-east-2"
QUESTION = "仍无法确认是否已开始复制"


def accepted(stage: Stage) -> list[tuple[str, str]]:
    return [(source, region) for source, region, _ in stage.world.cloud.accepted]


AFTER: dict[str, dict[str, Any]] = {
    "the connection is cut": {"drop": "after"},
    "the answer is garbage": {"garbage": True},
    "a proxy answers for it": {"html": True, "effect": True},
    "an internal error is answered": {"error": "internal", "effect": True},
    "the answer lacks the images": {"body": '{"requestId": "r-1", "result": {}}', "effect": True},
}


@pytest.mark.parametrize("what", AFTER)
async def test_a_copy_that_began_although_no_good_answer_came_is_found_and_adopted(what: str) -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault(**AFTER[what]))
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        copies = {source: copy for source, _, copy in stage.world.cloud.accepted}
        assert sorted(stage.say("mapping-1").splitlines()[1:]) == sorted(
            [f"`{WEB} → {copies[WEB]}`", f"`{API} → {copies[API]}`"]
        )
        assert stage.parts()[0] == "unknown-1"
        assert "尚不确定是否已开始复制" in stage.say("unknown-1")
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert sorted(accepted(stage)) == [(API, SHANGHAI), (WEB, SHANGHAI)]
        assert len(stage.sent) == 1


async def test_lost_copies_are_told_apart_even_where_the_first_check_could_not_look_the_images_up() -> None:
    async with on_stage() as stage:
        faults = stage.world.cloud.faults
        faults += [Fault(operation="describeImages", html=True), Fault(drop="after")]
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        assert len(stage.sent) == 1
        assert len(stage.say("mapping-1").splitlines()) == 3


async def test_a_retry_adopts_what_the_call_before_it_began_after_all() -> None:
    async with on_stage() as stage:
        cloud = stage.world.cloud
        cloud.faults.append(Fault(error="internal"))
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.until_state("failed")
        marker = next(c for c in cloud.calls if c.operation == "copyImages").body["description"]
        late = cloud.add(image("img-late", "web-base", region=SHANGHAI, description=marker, status="pending"))
        await stage.press(WANG_LEI, "retry")
        await stage.later(lambda: len(stage.sent) == 2)
        assert stage.sent[1] == ([API], SHANGHAI)
        late.status = "ready"
        cloud.finish()
        await stage.until_state("ready")
        assert f"`{WEB} → img-late`" in stage.say("outcome")


async def test_a_call_that_did_not_arrive_is_sent_again_once_it_is_certain_that_nothing_began() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault(drop="before"))
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("mapping-1"))
        first, second = [call.at for call in stage.world.cloud.calls if call.operation == "copyImages"]
        listings = [
            call.at
            for call in stage.world.cloud.calls
            if call.query.get("imageSource") == "private" and first <= call.at <= second
        ]
        assert (second - first).total_seconds() >= 60
        assert len(listings) >= 3
        assert accepted(stage) == [(WEB, SHANGHAI)]
        assert stage.parts() == ["unknown-1", "mapping-1", "progress"]
        assert stage.say("unknown-1").splitlines()[1:] == [f"已确认：`{WEB}` 的复制已开始，您无需操作"]


async def test_a_call_that_never_arrives_is_sent_three_times_and_then_asked_about() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault(drop="before", times=None))
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("unknown")
        assert len(stage.sent) == 3
        question = stage.thread()[-1]
        assert QUESTION in question.text
        assert buttons(question) == ["resend"]
        stage.world.cloud.faults.clear()
        await stage.press(ZHAO_MIN, "resend", question)
        await stage.later(lambda: stage.part("mapping-1"))
        assert len(stage.sent) == 4


async def test_an_answer_that_never_comes_is_given_up_at_the_deadline_and_the_copy_found() -> None:
    async with on_stage(jdcloud_timeout_s=0.3) as stage:
        stage.world.cloud.faults.append(Fault(hang=True))
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("mapping-1"))
        assert "没有收到京东云的响应" in stage.say("unknown-1")
        assert accepted(stage) == [(WEB, SHANGHAI)]


async def test_a_copy_that_begins_only_after_the_deadline_is_found_while_settling() -> None:
    async with on_stage(jdcloud_timeout_s=0.2) as stage:
        stage.world.cloud.faults.append(Fault(hang=True, effect_after_s=0.4))
        await stage.type(WANG_LEI, COPY)
        await stage.world.cloud.wait_for(lambda: accepted(stage))
        await stage.later(lambda: stage.part("mapping-1"))
        assert accepted(stage) == [(WEB, SHANGHAI)]
        assert len(stage.sent) == 1


async def test_a_success_that_maps_only_some_images_is_completed_by_looking() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(
            Fault(
                effect=True,
                body='{"requestId": "r-2", "result": {"copyImages": [{"sourceImageId": "img-web"}]}}',
            )
        )
        await stage.type(WANG_LEI, f"/copy-image {WEB} {API} to cn-east-2")
        await stage.later(lambda: stage.part("mapping-1"))
        assert "京东云的响应不完整" in stage.say("unknown-1")
        assert len(stage.say("mapping-1").splitlines()) == 3
        assert len(stage.sent) == 1


async def test_a_listing_that_fails_is_tried_again_and_nothing_is_sent_before_it_succeeds() -> None:
    async with on_stage() as stage:
        checks_succeed = Fault(operation="describeImages", times=2)
        listings_fail = Fault(operation="describeImages", html=True, times=4)
        stage.world.cloud.faults += [Fault(drop="after"), checks_succeed, listings_fail]
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("mapping-1"))
        assert listings_fail.times == 0
        assert len(stage.sent) == 1
        assert accepted(stage) == [(WEB, SHANGHAI)]


async def test_an_unreachable_cloud_is_said_to_be_so_and_tried_until_it_answers() -> None:
    async with on_stage() as stage:
        await stage.type(WANG_LEI, "/copy-image help")
        await stage.world.cloud.stop()
        await stage.type(WANG_LEI, COPY)
        await stage.later(lambda: stage.part("error-1"))
        assert "未能连接京东云，请求没有发出" in stage.say("error-1")
        await stage.pass_time(seconds=30)
        assert stage.sent == []
        await stage.world.cloud.start()
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.parts() == ["error-1", "mapping-1", "progress"]
        assert accepted(stage) == [(WEB, SHANGHAI)]
