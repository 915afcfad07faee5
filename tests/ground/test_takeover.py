"""A replica dies with all it holds: another one goes on with each within BOT_LEASE_S and two seconds."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

from bot.demo.jdcloud import Fault
from bot.demo.jdcloud.answering import Call
from bot.demo.scene import WANG_LEI
from bot.demo.slack import Fault as SlackFault
from tests.chaos.replicas import _pid
from tests.end_to_end.stage import SHANGHAI, image
from tests.ground.site import Site, site

LEASE_S = 8.5
GUANGZHOU, SUQIAN = "cn-south-1", "cn-east-1"
IMAGES = ("img-checked", "img-approved", "img-sent", "img-settled", "img-shown")
CHECKED, APPROVED, SENT, SETTLED, SHOWN = IMAGES


async def test_the_work_of_a_dead_replica_is_taken_over_when_its_lease_ends(postgres_url: str) -> None:
    environ = {"JDCLOUD_TIMEOUT_S": "4", "BOT_LEASE_S": str(LEASE_S)}
    async with site(postgres_url, count=2, rule={"destination_regions": ["*"]}, environ=environ) as bots:
        mortal, heir = bots.replicas.all
        os.kill(_pid(heir.process), signal.SIGSTOP)  # so that it is known who has what
        await _hold_one_at_each_step(bots)

        mortal.process.kill()
        mortal.process.join()
        os.kill(_pid(heir.process), signal.SIGCONT)
        before = len(bots.cloud.calls)

        def taken_over() -> dict[str, bool]:
            calls = bots.cloud.calls[before:]
            return {
                CHECKED: any(_asks_about(call, CHECKED) for call in calls),
                APPROVED: any(_asks_about(call, APPROVED) for call in calls),
                SENT: any(_lists(call, GUANGZHOU) for call in calls),
                SETTLED: any(_lists(call, SHANGHAI) for call in calls),
                SHOWN: any(SHOWN in card.text for card in bots.stage.cards()),
            }

        with suppress(TimeoutError):
            await bots.until(lambda: all(taken_over().values()), LEASE_S + 2)
        assert taken_over() == dict.fromkeys(IMAGES, True)


async def _hold_one_at_each_step(bots: Site) -> None:
    """Each waits for an answer that does not come, until the bot gives up waiting."""
    for one in IMAGES:
        bots.cloud.add(image(one))
    bots.cloud.faults += [
        Fault("describeImages", image=CHECKED, hang=True),
        Fault("describeImages", image=APPROVED),  # the checks; then, when it is approved:
        Fault("describeImages", image=APPROVED, hang=True),
        Fault("copyImages", image=SENT, hang=True),
        Fault("copyImages", image=SETTLED, drop="after"),
    ]
    bots.slack.faults.append(
        SlackFault("chat.postMessage", latency_s=60, when=lambda args: SHOWN in str(args.get("text")))
    )
    hanging = Fault("describeImages", hang=True)
    _once(bots, lambda: _copied(bots, SETTLED), lambda: bots.cloud.faults.append(hanging))
    await _ask(bots, SETTLED, SHANGHAI, lambda: not hanging.pending)
    await _ask(bots, SENT, GUANGZHOU, lambda: _copied(bots, SENT))
    await _ask(bots, CHECKED, SUQIAN, lambda: True)
    await _ask(bots, APPROVED, SUQIAN, lambda: True)
    await _ask(bots, SHOWN, SUQIAN, lambda: not bots.slack.faults[0].times)
    await bots.until(lambda: not any(fault.pending for fault in bots.cloud.faults))


def _once(bots: Site, when: Callable[[], bool], do: Callable[[], None]) -> None:
    """Do it as soon as a call shows that it is time."""
    done: list[bool] = []

    def look() -> None:
        if not done and when():
            done.append(True)
            do()

    bots.cloud.on_change(look)


async def _ask(bots: Site, one: str, region: str, until: Callable[[], object]) -> None:
    await bots.stage.type(WANG_LEI, f"/copy-image {one} to {region}")
    await bots.until(until)


def _copied(bots: Site, one: str) -> bool:
    return any(images == [one] for images, _ in bots.stage.sent)


def _asks_about(call: Call, one: str) -> bool:
    return call.operation == "describeImages" and call.query.get("ids.1") == one


def _lists(call: Call, region: str) -> bool:
    return call.operation == "describeImages" and f"/{region}/" in call.path and "ids.1" not in call.query
