"""One whole story without a browser: played by the stand-ins' people, printed as it is said, checked as it goes."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bot.demo import scene
from bot.demo.slack import Message, SlackStandIn
from bot.demo.world import World

_IMAGES = ("img-8u2z9kyzdk", "img-p3f0c1x7ab")
_HALFWAY = (71, 53)  # percent, by image
_ENCRYPTED = "img-e6t9w3r5yc"
_NO_QUOTA = "img-busy2n8h6s"
_PATIENCE_S = 30


class StoryError(Exception):
    """Something in the story is not as it must be."""


@dataclass
class Story:
    """The conversation so far: what is new is printed, and what must be true is demanded."""

    here: World
    say: Callable[[Iterable[str]], None]
    printed: set[str] = field(default_factory=set)

    @property
    def slack(self) -> SlackStandIn:
        return self.here.slack

    def scene(self, title: str) -> None:
        self.say(["", f"── {title} " + "─" * max(2, 68 - len(title))])

    async def type(self, user: str, channel: str, text: str) -> str:
        """Somebody types a command; gives the answer that only they see."""
        self.say([f"{self._name(user)} › {text}"])
        reply = await self.slack.type(user, channel, text)
        self.say(_indented(self._read(reply.text), "    (仅本人可见 · only they see) "))
        return reply.text

    async def press(self, user: str, channel: str, ts: str, action: str) -> None:
        """Somebody presses a button of a card; it is named by its label."""
        card = next(message for message in self.slack.messages(channel) if message.ts == ts)
        label = next((label for pressed, label in _buttons(card) if pressed == action), action)
        self.say([f"{self._name(user)} ◉ [{label}]"])
        seen = len(self.slack.whispers(user))
        await self.slack.press(user, channel, ts, action)
        whispers = await self.slack.wait_for(lambda: self.slack.whispers(user)[seen:], _PATIENCE_S)
        self.say(_indented(self._read(whispers[-1].text), "    (仅本人可见 · only they see) "))

    async def card(self, channel: str, count: int, *words: str) -> Message:
        """The newest card, once there are `count` of them and it says all these words."""

        def found() -> Message | None:
            cards = self.slack.messages(channel)
            card = cards[-1] if len(cards) >= count else None
            return card if card and all(word in card.text for word in words) else None

        card = await self._until(found, f"a card with {words}")
        self.print(card)
        return card

    async def thread(self, card: Message, part: str, *patterns: str) -> Message:
        """A message of the thread, once it is there and every pattern is found in it."""

        def found() -> Message | None:
            for message in self.slack.thread(card.channel, card.ts):
                if message.metadata and message.metadata["event_payload"]["part"] == part:
                    return message if all(re.search(each, message.text) for each in patterns) else None
            return None

        message = await self._until(found, f"the message {part} with {patterns}")
        self.print(message)
        return message

    async def _until(self, found: Callable[[], Message | None], what: str) -> Message:
        try:
            message = await self.slack.wait_for(found, _PATIENCE_S)
        except TimeoutError as error:
            raise StoryError(f"{what} did not come") from error
        if message is None:
            raise StoryError(f"{what} did not come")
        return message

    def print(self, message: Message) -> None:
        """A message as it is now, with its buttons, unless it was printed so already."""
        buttons = " ".join(f"[ {label} ]" for _, label in _buttons(message))
        text = "\n".join(filter(None, (self._read(message.text), buttons)))
        key = f"{message.ts} {text}"
        if key not in self.printed:
            self.printed.add(key)
            self.say(_indented(text, "  │ " if message.thread_ts in {None, message.ts} else "  │    ↳ "))

    def demand(self, true: object, what: str) -> None:
        if not true:
            raise StoryError(f"not so: {what}")

    def _name(self, user: str) -> str:
        found = self.slack.workspace.user(user)
        return found.real_name if found else user

    def _read(self, text: str) -> str:
        """Slack's markup as a reader sees it."""
        text = re.sub(r"<@(\w+)(?:\|[^>]*)?>", lambda m: f"@{self._name(m[1])}", text)
        text = re.sub(r"<!subteam\^(\w+)(?:\|[^>]*)?>", lambda m: f"@{self._handle(m[1])}", text)
        text = re.sub(r"<!date\^\d+\^[^|]*\|([^>]*)>", r"\1", text)
        text = re.sub(r"<[^|>]+\|([^>]*)>", r"\1", text)
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def _handle(self, group: str) -> str:
        return next((g.handle for g in self.slack.workspace.groups if g.id == group), group)


async def play(here: World, say: Callable[[Iterable[str]], None]) -> int:
    """Play it; 0 when every part came true, else 1 with a word on what did not."""
    story = Story(here, say)
    try:
        for part in (_request, _refusal_and_approval, _not_copyable, _one_error_in_both_languages, _history):
            await part(story)
        _nothing_twice(story)
    except StoryError as error:
        say(["", f"✗ {error}"])
        return 1
    say(["", "✓ 故事全部成真 · the whole story came true"])
    return 0


async def _request(story: Story) -> None:
    story.scene("申请 · a request")
    wrong = await story.type(scene.WANG_LEI, scene.BEIJING, f"/copy-image {_IMAGES[0]} to cn-esat-2")
    story.demand("cn-east-2" in wrong, "a near miss of a region is answered with the region")
    accepted = await story.type(
        scene.WANG_LEI, scene.BEIJING, f"/copy-image {' '.join(_IMAGES)} 到 上海 因为 扩容"
    )
    story.demand("已受理" in accepted, "the request is accepted")
    await story.card(scene.BEIJING, 1, "检查")
    card = await story.card(scene.BEIJING, 1, "需要 1 人批准")
    await story.thread(card, "approval", "请审批")


async def _refusal_and_approval(story: Story) -> None:
    story.scene("四眼原则 · four eyes")
    card = story.slack.messages(scene.BEIJING)[-1]
    await story.press(scene.WANG_LEI, scene.BEIJING, card.ts, "approve")
    story.demand(not story.here.cloud.accepted, "nobody approves their own request")
    await story.press(scene.LI_NA, scene.BEIJING, card.ts, "approve")
    mapping = await story.thread(card, "mapping-1")
    for image in _IMAGES:
        story.demand(re.search(f"`{image} → img-\\w+`", mapping.text), f"{image} has its copy's id")
    cloud = story.here.cloud
    copies = [new for _, _, new in cloud.accepted]
    for new, percent in zip(copies, _HALFWAY, strict=True):
        cloud.set_progress(new, percent)
    await story.thread(card, "progress", *(f"`{new}` {p}%" for new, p in zip(copies, _HALFWAY, strict=True)))
    cloud.finish()
    await story.thread(card, "outcome", "可用")
    await story.card(scene.BEIJING, 1, "✅")


async def _not_copyable(story: Story) -> None:
    story.scene("无法复制 · can't be copied")
    await story.type(scene.WANG_LEI, scene.BEIJING, f"/copy-image {_ENCRYPTED} img-d41k0m2v7q to cn-south-1")
    card = await story.card(scene.BEIJING, 2, "❌")
    await story.thread(card, "outcome", "加密快照", "重新申请")


async def _one_error_in_both_languages(story: Story) -> None:
    story.scene("京东云的同一个错误，两种语言 · one error of the cloud in both languages")
    chinese = f"/copy-image {_NO_QUOTA} 到 广州 因为 容量测试"
    english = f"/copy-image {_NO_QUOTA} to Suqian because capacity test"
    await _error(story, scene.WANG_LEI, scene.BEIJING, 3, chinese, ("需要 1 人批准", "镜像配额", "未能复制"))
    await _error(
        story, scene.SARAH, scene.GLOBAL, 1, english, ("Needs 1 approval", "image quota", "not copied")
    )


async def _error(
    story: Story, who: str, channel: str, count: int, line: str, words: tuple[str, str, str]
) -> None:
    """Ask, approve, and see the cloud refuse; `words`: of the card that waits, of the error, of the card's end."""
    waits, error, ends = words
    await story.type(who, channel, line)
    card = await story.card(channel, count, waits)
    await story.press(scene.LI_NA, channel, card.ts, "approve")
    await story.thread(
        card, "error-1", error, "429 QUOTA_EXCEEDED", "Image quota limit exceeded", "requestId"
    )
    await story.card(channel, count, ends)


async def _history(story: Story) -> None:
    story.scene("历史 · history")
    chinese = await story.type(scene.WANG_LEI, scene.BEIJING, "/copy-image history")
    story.demand("✅" in chinese and "❌" in chinese, "the history has both requests")
    english = await story.type(scene.SARAH, scene.GLOBAL, "/copy-image history mine last 7d")
    story.demand("Your copies" in english, "the history is in the reader's language")


def _nothing_twice(story: Story) -> None:
    begun = [(source, destination) for source, destination, _ in story.here.cloud.accepted]
    story.demand(sorted(begun) == sorted((image, "cn-east-2") for image in _IMAGES), "each copy began once")


def _buttons(message: Message) -> list[tuple[str, str]]:
    """Each button's action and label."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [(one["action_id"], one["text"]["text"]) for row in rows for one in row if one["type"] == "button"]


def _indented(text: str, first: str) -> Sequence[str]:
    rest = " " * len(first) if "│" not in first else first.replace("↳", " ")
    return [(first if number == 0 else rest) + line for number, line in enumerate(text.splitlines())]
