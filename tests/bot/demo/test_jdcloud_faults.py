"""What the stand-in spoils on request: once each, and with or without the effect as said."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.demo.jdcloud import CloudStandIn, Fault, Image
from tests.bot.demo.jdcloud_caller import Caller, calling, refused


@contextlib.asynccontextmanager
async def _spoiled(**fault: Any) -> AsyncIterator[Caller]:
    async with calling() as caller:
        caller.cloud.add(Image("img-aaa", "web", "cn-north-1"))
        caller.cloud.faults.append(Fault(**fault))
        yield caller


@pytest.mark.parametrize(("drop", "copies"), [("before", 0), ("after", 1)])
async def test_a_connection_is_cut_without_an_answer_before_or_after_the_effect(
    drop: str, copies: int
) -> None:
    async with _spoiled(drop=drop) as caller:
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected without sending a response"):
            await caller.copy("img-aaa")

        assert len(caller.cloud.accepted) == copies
        assert [(call.status, call.accepted) for call in caller.cloud.calls] == [(None, copies == 1)]


async def test_cutting_one_connection_leaves_the_others_alone(caplog: pytest.LogCaptureFixture) -> None:
    async with _spoiled(drop="after") as caller:
        caller.cloud.faults.append(Fault(operation="describeImages", latency_s=0.05))
        cut, listed = await asyncio.gather(
            caller.copy("img-aaa"),
            caller.send("GET", "images", query={"imageSource": "private"}),
            return_exceptions=True,
        )

        assert isinstance(cut, httpx.RemoteProtocolError)
        assert isinstance(listed, httpx.Response)
        assert (await caller.described("cn-north-1", "img-aaa"))[0]["imageId"] == "img-aaa"
    assert [record.message for record in caplog.records if record.levelname in {"WARNING", "ERROR"}] == []


async def test_a_fault_is_used_up() -> None:
    async with _spoiled(error="rate_limit", times=2) as caller:
        answers = [await caller.copy("img-aaa") for _ in range(3)]

        assert [answer.status_code for answer in answers] == [429, 429, 200]
        assert refused(answers[0]) == (429, "RATE_LIMIT", "Rate limit exceeded [gw]")
        assert caller.cloud.as_json()["faults"] == []


async def test_a_fault_without_number_of_times_stays() -> None:
    async with _spoiled(error="internal", times=None) as caller:
        answers = [(await caller.copy("img-aaa")).status_code for _ in range(3)]

        assert answers == [500, 500, 500]
        assert caller.cloud.accepted == []


async def test_a_row_names_the_image_and_the_region_of_the_call() -> None:
    async with _spoiled(error="task_conflict") as caller:
        caller.cloud.faults.append(Fault(error="invalid_region"))

        answers = [refused(await caller.copy("img-aaa"))[2] for _ in range(2)]

        assert answers == ["Conflict with underlay image task 'img-aaa'", "Invalid region 'cn-east-2'"]


async def test_a_fault_waits_for_its_operation_and_its_image() -> None:
    async with _spoiled(operation="describeImages", image="img-aaa", error="forbidden") as caller:
        copied = await caller.copy("img-aaa")
        other = await caller.send("GET", "images", query={"ids.1": "img-bbb"})
        hit = await caller.send("GET", "images", query={"ids.1": "img-bbb", "ids.2": "img-aaa"})

        assert (copied.status_code, other.status_code, hit.status_code) == (200, 200, 403)


async def test_an_error_may_come_after_the_effect() -> None:
    async with _spoiled(error="unknown_server", effect=True) as caller:
        answer = await caller.copy("img-aaa")

        assert refused(answer) == (500, "UNKNOWN", "Unknown server error")
        assert len(caller.cloud.accepted) == 1


@pytest.mark.parametrize(
    ("fault", "status", "copies"),
    [
        ({"html": True}, 502, 0),
        ({"garbage": True}, 200, 1),
        ({"body": '{"requestId": "r-1", "result": {}}'}, 200, 1),
        ({"status": 503, "body": ""}, 503, 0),
    ],
)
async def test_an_answer_that_says_nothing_comes_with_the_effect_that_its_status_claims(
    fault: dict[str, Any], status: int, copies: int
) -> None:
    async with _spoiled(**fault) as caller:
        answer = await caller.copy("img-aaa")

        assert (answer.status_code, len(caller.cloud.accepted)) == (status, copies)


async def test_garbage_is_no_json() -> None:
    async with _spoiled(garbage=True) as caller:
        answer = await caller.copy("img-aaa")

        with pytest.raises(ValueError, match="utf-8"):
            json.loads(answer.content)


async def test_latency_delays_the_answer_but_not_the_effect() -> None:
    async with _spoiled(latency_s=0.2) as caller:
        begun = time.monotonic()
        copying = asyncio.create_task(caller.copy("img-aaa"))
        await caller.cloud.wait_for(lambda: caller.cloud.accepted)
        effect = time.monotonic() - begun

        answer = await copying

        assert answer.status_code == 200
        assert time.monotonic() - begun >= 0.2 > effect


async def test_an_effect_may_come_long_after_the_caller_has_gone() -> None:
    async with _spoiled(effect_after_s=0.2) as caller:
        caller.http.timeout = httpx.Timeout(0.05)
        with pytest.raises(httpx.ReadTimeout):
            await caller.copy("img-aaa")
        assert caller.cloud.accepted == []

        await caller.cloud.wait_for(lambda: caller.cloud.accepted)

        assert [source for source, _, _ in caller.cloud.accepted] == ["img-aaa"]


async def test_a_hanging_call_has_its_effect_and_no_answer() -> None:
    async with _spoiled(hang=True) as caller:
        caller.http.timeout = httpx.Timeout(0.1)
        with pytest.raises(httpx.ReadTimeout):
            await caller.copy("img-aaa")

        assert [(call.status, call.accepted) for call in caller.cloud.calls] == [(None, True)]


async def test_stopping_cuts_hanging_callers_and_drops_effects_still_to_come() -> None:
    async with _spoiled(hang=True) as caller:
        caller.cloud.add(Image("img-bbb", "web", "cn-north-1"))
        caller.cloud.faults.append(Fault(effect_after_s=60.0))
        first = asyncio.create_task(caller.copy("img-aaa"))
        await caller.cloud.wait_for(lambda: caller.cloud.accepted)
        second = asyncio.create_task(caller.copy("img-bbb"))
        await caller.cloud.wait_for(lambda: len(caller.cloud.calls) == 2)

        await caller.cloud.stop()

        ends = await asyncio.gather(first, second, return_exceptions=True)
        assert all(isinstance(end, httpx.TransportError) for end in ends)
        assert [source for source, _, _ in caller.cloud.accepted] == ["img-aaa"]


async def test_a_cloud_that_was_down_comes_back_at_the_same_address() -> None:
    async with calling() as caller:
        caller.cloud.add(Image("img-aaa", "web", "cn-north-1"))
        url = caller.cloud.url
        await caller.cloud.stop()
        with pytest.raises(httpx.ConnectError):
            await caller.copy("img-aaa")

        await caller.cloud.start()

        assert (await caller.copy("img-aaa")).status_code == 200
        assert caller.cloud.url == url


async def test_a_port_that_is_taken_is_an_error() -> None:
    async with CloudStandIn() as first:
        with pytest.raises(OSError, match="in use"):
            await CloudStandIn(port=int(first.url.rsplit(":", 1)[1])).start()


def test_a_misspelt_row_is_noticed_when_the_fault_is_made() -> None:
    with pytest.raises(ValueError, match="no row 'buzy'"):
        Fault(error="buzy")
    with pytest.raises(ValueError, match="no row 'buzy'"):
        CloudStandIn().add(Image("img-a", "web", "cn-north-1", plays="buzy"))


async def test_waiting_in_vain_says_what_was_called() -> None:
    async with calling() as caller:
        await caller.send("GET", "images")

        with pytest.raises(TimeoutError, match=r"describeImages 400"):
            await caller.cloud.wait_for(lambda: False, timeout_s=0.02)


async def test_each_request_and_each_change_is_told() -> None:
    async with calling() as caller:
        told: list[int] = []
        caller.cloud.on_change(lambda: told.append(len(caller.cloud.accepted)))

        caller.cloud.add(Image("img-aaa", "web", "cn-north-1"))
        assert told == [0]
        await caller.copy("img-aaa")
        assert told[-1] == 1


async def test_the_web_page_gets_regions_images_quotas_and_faults() -> None:
    async with calling(regions=("cn-north-1", "cn-east-2")) as caller:
        caller.cloud.add(Image("img-aaa", "web", "cn-north-1", data_disks=1))
        caller.cloud.faults.append(Fault(drop="after", times=2))

        assert json.loads(json.dumps(caller.cloud.as_json())) == {
            "regions": [
                {
                    "id": "cn-north-1",
                    "images": [
                        {
                            "id": "img-aaa",
                            "name": "web",
                            "description": "",
                            "os": "CentOS 7.9 64位",
                            "size_gb": 40,
                            "source": "private",
                            "status": "ready",
                            "progress": 100,
                            "encrypted": False,
                            "copy_of": None,
                            "root_device_type": "cloudDisk",
                        }
                    ],
                    "quota": {"image": {"limit": 5, "used": 1}, "snapshot": {"limit": 15, "used": 2}},
                },
                {
                    "id": "cn-east-2",
                    "images": [],
                    "quota": {"image": {"limit": 5, "used": 0}, "snapshot": {"limit": 15, "used": 0}},
                },
            ],
            "faults": [{"operation": "copyImages", "times": 2, "drop": "after"}],
        }
