"""Hours that pass in the demo in seconds, with the real bot: reminders, expiry, and a question to a person."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.demo import inventory, scene
from bot.demo.jdcloud import Fault
from bot.demo.passing import DemoClock, Passing
from bot.demo.slack import Message
from bot.demo.world import World, world

WEB = "img-8u2z9kyzdk"
PATIENCE_S = 30
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Demo:
    here: World
    passing: Passing

    async def ask(self) -> None:
        await self.here.slack.type(scene.WANG_LEI, scene.BEIJING, f"/copy-image {WEB} 到 上海")
        await self.here.slack.wait_for(lambda: "需要 1 人批准" in self.card().text, PATIENCE_S)

    def card(self) -> Message:
        cards = self.here.slack.messages(scene.BEIJING)
        return cards[-1] if cards else Message(scene.BEIJING, "", "", "")

    def thread(self) -> list[tuple[str, str]]:
        """Part and text of each message below the card."""
        replies = self.here.slack.thread(scene.BEIJING, self.card().ts)
        return [(m.metadata["event_payload"]["part"], m.text) for m in replies if m.metadata]

    def parts(self) -> list[str]:
        return [part for part, _ in self.thread()]


@asynccontextmanager
async def demo() -> AsyncIterator[Demo]:
    clock = DemoClock()
    made = world(
        scene.workspace(), scene.PERMISSIONS, copy_seconds=45, now=clock, bot_admins=scene.BOT_ADMINS
    )
    async with made as here:
        inventory.fill(here.cloud, clock())
        yield Demo(here, Passing(here.bot, clock))


def test_the_clock_goes_on_and_only_ever_forward() -> None:
    real = [datetime(2026, 3, 1, 8, tzinfo=UTC)]
    clock = DemoClock(lambda: real[0])
    clock.put_forward(real[0] + HOUR)
    clock.put_forward(real[0])
    assert clock() == datetime(2026, 3, 1, 9, tzinfo=UTC)
    real[0] += HOUR
    assert clock() == datetime(2026, 3, 1, 10, tzinfo=UTC)


async def test_reminders_and_the_expiry_come_when_they_are_due() -> None:
    async with demo() as story:
        await story.ask()
        asked_at = float(story.card().ts)
        await story.passing.let_pass(HOUR)
        assert story.parts() == ["approval"]
        await story.passing.let_pass(2 * HOUR)
        assert story.parts() == ["approval", "reminder-1"]
        await story.passing.let_pass(DAY)
        replies = story.here.slack.thread(scene.BEIJING, story.card().ts)
        hours = [round((float(message.ts) - asked_at) / 3600) for message in replies]
        assert list(zip(story.parts(), hours, strict=True)) == [
            ("approval", 0),
            ("reminder-1", 2),
            ("reminder-2", 4),
            ("reminder-3", 8),
            ("reminder-4", 16),
            ("outcome", 24),
        ]
        assert story.card().text.startswith("🚫 已过期")


async def test_an_older_service_and_a_lost_answer_leave_the_question_to_a_person() -> None:
    async with demo() as story:
        slack, cloud = story.here.slack, story.here.cloud
        cloud.ignores_description = True
        cloud.faults.append(Fault(drop="after"))
        await story.ask()
        await slack.press(scene.LI_NA, scene.BEIJING, story.card().ts, "approve")
        await slack.wait_for(lambda: cloud.accepted, PATIENCE_S)
        await story.passing.let_pass(HOUR)
        new = cloud.accepted[0][2]
        assert story.card().text.startswith("⚠️ 待确认")
        question = slack.thread(scene.BEIJING, story.card().ts)[-1]
        assert f"`{new}`" in question.text
        assert "已确认" not in dict(story.thread())["unknown-1"]
        await slack.press(scene.LI_NA, scene.BEIJING, question.ts, "adopt")
        await story.passing.let_pass(HOUR)
        assert story.card().text.startswith("✅")
        assert f"`{WEB} → {new}`" in dict(story.thread())["mapping-1"]
        assert [source for source, _, _ in cloud.accepted] == [WEB]
