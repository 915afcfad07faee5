"""Calls of which only a person can say what happened: what is asked, who may answer, and what each answer does."""

from collections.abc import Callable

from bot.demo.jdcloud import CloudStandIn, Fault
from bot.demo.scene import CHEN_YU, LI_NA, WANG_LEI, ZHAO_MIN
from bot.demo.slack import Message
from tests.end_to_end.stage import GUANGZHOU, SHANGHAI, SOURCE, WEB, Stage, buttons, image, on_stage

COPY = f"/copy-image {WEB} to cn-east-2"
QUESTION = "仍无法确认是否已开始复制"


def forgets_descriptions(cloud: CloudStandIn) -> None:
    """From now on every copy has the cloud's own description, as with the older API."""

    def overwrite() -> None:
        for copy in [one for one in cloud.images.values() if one.copy_of]:
            copy.description = f"Copied from {SOURCE} {copy.copy_of}"

    cloud.on_change(overwrite)


def somebody_else_copies(cloud: CloudStandIn) -> None:
    """Once a copy has begun, there is another new image of the same name."""
    if cloud.accepted:
        cloud.images.setdefault("img-foreign", image("img-foreign", "web-base", region=SHANGHAI))


def _forbid_listings_after_the_copy(cloud: CloudStandIn) -> Callable[[], None]:
    def forbid() -> None:
        if cloud.accepted and not any(fault.times is None for fault in cloud.faults):
            cloud.faults.append(Fault(operation="describeImages", error="forbidden", times=None))

    return forbid


def question_of(stage: Stage) -> Message:
    return next(m for m in stage.thread() if QUESTION in m.text)


async def asked(stage: Stage, fault: Fault) -> None:
    forgets_descriptions(stage.world.cloud)
    stage.world.cloud.faults.append(fault)
    await stage.type(WANG_LEI, COPY)
    await stage.until_state("unknown")


async def test_where_descriptions_are_ignored_a_possible_copy_is_a_persons_question() -> None:
    async with on_stage() as stage:
        stage.world.cloud.add(image("img-older", "web-base", region=SHANGHAI))
        await asked(stage, Fault(drop="after"))
        copy = stage.world.cloud.accepted[0][2]
        question = question_of(stage)
        assert f"`{copy}`" in question.text
        assert "img-older" not in question.text
        assert buttons(question) == ["adopt", "resend"]
        assert f"<@{LI_NA}>、<@{ZHAO_MIN}>" in question.text
        assert stage.card().text.startswith("⚠️ 待确认")
        assert len(stage.sent) == 1


async def test_of_several_possible_copies_a_person_chooses_one() -> None:
    async with on_stage() as stage:
        cloud = stage.world.cloud
        cloud.on_change(lambda: somebody_else_copies(cloud))
        await asked(stage, Fault(drop="after"))
        copy = cloud.accepted[0][2]
        question = question_of(stage)
        assert buttons(question) == ["adopt", "adopt", "resend"]
        assert f"`{copy}`" in question.text
        assert "`img-foreign`" in question.text
        labels = {e["text"]["text"]: e["value"] for b in question.blocks for e in b.get("elements", [])}
        await stage.press(LI_NA, "adopt", question, value=labels[f"确认是此镜像 {copy}"])
        await stage.later(lambda: stage.part("mapping-1"))
        assert f"`{WEB} → {copy}`" in stage.say("mapping-1")
        assert len(stage.sent) == 1


async def test_only_approvers_and_administrators_may_say_what_became_of_a_lost_call() -> None:
    async with on_stage() as stage:
        await asked(stage, Fault(drop="after"))
        question = question_of(stage)
        for outsider in (WANG_LEI, CHEN_YU):
            answer = await stage.press(outsider, "resend", question)
            assert f"<@{LI_NA}>" in answer
        assert await stage.state() == "unknown"
        copy = stage.world.cloud.accepted[0][2]
        assert await stage.press(LI_NA, "adopt", question) == f"已确认 `{copy}` 是 `{WEB}` 的副本"
        await stage.later(lambda: stage.part("mapping-1"))
        assert f"`{WEB} → {copy}`" in stage.say("mapping-1")
        assert buttons(question_of(stage)) == []
        assert f"<@{LI_NA}> 已选择：`{copy}`" in question_of(stage).text
        stage.world.cloud.finish()
        await stage.until_state("ready")
        assert len(stage.sent) == 1


async def test_the_requester_may_not_answer_even_as_an_approver() -> None:
    async with on_stage(approve=[WANG_LEI, LI_NA]) as stage:
        await asked(stage, Fault(drop="after"))
        await stage.press(WANG_LEI, "resend", question_of(stage))
        assert await stage.state() == "unknown"
        assert len(stage.sent) == 1


async def test_the_requester_who_answers_is_told_who_may_answer_and_not_about_approving() -> None:
    async with on_stage() as stage:
        await asked(stage, Fault(drop="after"))
        assert await stage.press(WANG_LEI, "resend", question_of(stage)) == (
            "只有申请人以外的审批人和频道管理员可以回答（规则 approve、admin）。\n"
            f"可以回答的人：<@{LI_NA}>、<@{ZHAO_MIN}>"
        )


async def test_once_it_is_cancelled_nothing_is_sent_again_and_whose_word_it_is_stays_to_be_read() -> None:
    async with on_stage() as stage:
        await asked(stage, Fault(drop="after"))
        await stage.press(WANG_LEI, "cancel")
        await stage.quiet()
        question = question_of(stage)
        labels = [e["text"]["text"] for b in question.blocks for e in b.get("elements", []) if "value" in e]
        assert labels[-1] == "未复制"
        answer = await stage.press(LI_NA, "resend", question)
        assert answer == f"已记下 `{WEB}` 没有复制：此申请已撤回，不会再提交"
        await stage.until_state("cancelled")
        assert f"据 <@{LI_NA}> 确认：没有开始复制 `{WEB}`" in stage.say("unknown-1")
        assert stage.say("outcome") == (
            f"<@{WANG_LEI}> 此申请已被 <@{WANG_LEI}> 撤回；据 <@{LI_NA}> 确认，没有复制任何镜像"
        )
        assert len(stage.sent) == 1


async def test_sending_again_on_a_persons_word_happens_once() -> None:
    async with on_stage() as stage:
        await asked(stage, Fault(drop="before", times=3))
        question = question_of(stage)
        value = question.blocks[-1]["elements"][-1]["value"]
        assert "将再次核对目标地域" in await stage.press(ZHAO_MIN, "resend", question)
        assert await stage.press(LI_NA, "resend", question, value=value) == "此问题已有人回答"
        await stage.later(lambda: stage.part("mapping-1"))
        assert [(source, region) for source, region, _ in stage.world.cloud.accepted] == [(WEB, SHANGHAI)]
        assert len(stage.sent) == 4


async def test_a_copy_that_turns_up_after_all_is_adopted_instead_of_sending_again() -> None:
    """The person was wrong: the look before sending finds our marker."""
    async with on_stage() as stage:
        cloud = stage.world.cloud
        cloud.faults.append(Fault(drop="before", times=None))
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("unknown")
        marker = next(c for c in cloud.calls if c.operation == "copyImages").body["description"]
        late = cloud.add(image("img-late", "web-base", region=SHANGHAI, description=marker, status="pending"))
        await stage.press(LI_NA, "resend", question_of(stage))
        await stage.later(lambda: stage.part("mapping-1"))
        assert f"`{WEB} → {late.id}`" in stage.say("mapping-1")
        assert len(stage.sent) == 3


async def test_a_listing_that_is_not_permitted_leaves_the_question_to_a_person() -> None:
    async with on_stage() as stage:
        faults = stage.world.cloud.faults
        await stage.type(WANG_LEI, "/copy-image help")
        faults.append(Fault(drop="after"))
        stage.world.cloud.on_change(_forbid_listings_after_the_copy(stage.world.cloud))
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("unknown")
        question = question_of(stage)
        assert buttons(question) == ["resend"]
        assert "机器人的访问密钥不能列出 `cn-east-2` 华东-上海 的镜像" in question.text
        assert "`403 HTTP_FORBIDDEN`" in question.text
        assert len(stage.sent) == 1


async def test_whoever_says_send_again_before_the_listing_is_permitted_is_asked_again() -> None:
    async with on_stage() as stage:
        stage.world.cloud.faults.append(Fault(drop="after"))
        stage.world.cloud.on_change(_forbid_listings_after_the_copy(stage.world.cloud))
        await stage.type(WANG_LEI, COPY)
        await stage.until_state("unknown")
        await stage.press(LI_NA, "resend", question_of(stage))
        await stage.later(lambda: stage.part("unknown-3"))
        stage.world.cloud.on_change(stage.world.cloud.faults.clear)
        again = stage.part("unknown-3")
        assert again is not None
        await stage.press(LI_NA, "resend", again)
        await stage.later(lambda: stage.part("mapping-1"))
        assert len(stage.sent) == 1


async def test_a_question_about_one_destination_is_asked_while_another_waits_for_its_answer() -> None:
    async with on_stage() as stage:
        forgets_descriptions(stage.world.cloud)
        stage.world.cloud.faults.append(Fault(drop="after"))
        await stage.type(WANG_LEI, f"/copy-image {WEB} to {SHANGHAI},{GUANGZHOU}")
        await stage.until_state("unknown")
        assert await stage.press(LI_NA, "adopt", question_of(stage)) != ""
        stage.world.cloud.finish()
        await stage.later(lambda: stage.part("mapping-2"))
        assert [destination for _, destination in stage.sent] == [SHANGHAI, GUANGZHOU]
        stage.world.cloud.finish()
        await stage.until_state("ready")
