"""Before anything is sent the destination is listed: what an earlier request began there after all is not copied again."""

from bot.demo.jdcloud import Fault, Image
from bot.demo.scene import WANG_LEI
from tests.end_to_end.stage import API, SHANGHAI, WEB, Stage, image, on_stage


async def _failed(stage: Stage, *images: str) -> str:
    """A request whose call was answered with 500 and began nothing as far as could be seen; the call's marker."""
    stage.world.cloud.faults.append(Fault(error="internal"))
    await stage.type(WANG_LEI, f"/copy-image {' '.join(images)} to {SHANGHAI}")
    await stage.until_state("failed")
    call = next(call for call in stage.world.cloud.calls if call.operation == "copyImages")
    return str(call.body["description"])


def _begins(stage: Stage, marker: str, name: str = "web-base", status: str = "pending") -> Image:
    """A copy that the failed call began after all."""
    late = image(f"img-late-{name}", name, region=SHANGHAI, description=marker, status=status)
    return stage.world.cloud.add(late)


async def test_what_a_failed_request_began_after_all_is_not_copied_again_by_its_retry() -> None:
    async with on_stage() as stage:
        late = _begins(stage, await _failed(stage, WEB))
        await stage.press(WANG_LEI, "retry")
        await stage.later(lambda: stage.part("mapping-1"))
        assert f"`{WEB} → {late.id}`" in stage.say("mapping-1")
        assert stage.sent == [([WEB], SHANGHAI)]


async def test_of_several_images_only_those_that_have_not_begun_are_sent() -> None:
    async with on_stage() as stage:
        late = _begins(stage, await _failed(stage, WEB, API))
        await stage.press(WANG_LEI, "retry")
        await stage.pass_time(seconds=30)
        assert f"`{WEB} → {late.id}`" in stage.say("mapping-1")
        assert stage.sent == [([API, WEB], SHANGHAI), ([API], SHANGHAI)]


async def test_a_copy_that_has_failed_is_no_reason_not_to_send() -> None:
    async with on_stage() as stage:
        _begins(stage, await _failed(stage, WEB), status="error")
        await stage.press(WANG_LEI, "retry")
        await stage.later(lambda: stage.part("mapping-1"))
        assert stage.sent == [([WEB], SHANGHAI)] * 2


async def test_where_an_earlier_call_may_have_begun_it_nothing_is_sent_before_the_destination_is_listed() -> (
    None
):
    async with on_stage() as stage:
        late = _begins(stage, await _failed(stage, WEB))
        forbidden = Fault("describeImages", error="forbidden", times=None)
        stage.world.cloud.faults.append(forbidden)
        await stage.press(WANG_LEI, "retry")
        await stage.pass_time(seconds=30)
        assert stage.sent == [([WEB], SHANGHAI)]
        assert stage.part("error-1")
        stage.world.cloud.faults.remove(forbidden)
        await stage.later(lambda: stage.part("mapping-1"))
        assert f"`{WEB} → {late.id}`" in stage.say("mapping-1")
        assert stage.sent == [([WEB], SHANGHAI)]
