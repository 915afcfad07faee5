"""A post whose time ran out between the look at the clock and the write: nothing reaches Slack."""

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import Rendered
from bot.demo.scene import BEIJING, workspace
from bot.demo.slack import SlackStandIn
from bot.in_time import InTime
from bot.pace import Pace
from bot.slack_posts import SlackPosts
from bot.slack_trouble import PostError, Trouble

SAID = Rendered("hello", [])


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(workspace()) as stand_in:
        yield stand_in


@pytest.fixture
async def posts(slack: SlackStandIn) -> AsyncIterator[SlackPosts]:
    async with aiohttp.ClientSession(request_class=InTime) as session:
        client = AsyncWebClient(
            slack.workspace.bot_token, base_url=slack.api_url, session=session, retry_handlers=[]
        )
        yield SlackPosts(client, Pace(lambda: 0.0))


def left(*looks: float) -> Callable[[], float]:
    """How much time is left at each look, the last for all that follow."""
    coming = list(looks)
    return lambda: coming.pop(0) if len(coming) > 1 else coming[0]


async def test_in_time_it_is_posted(slack: SlackStandIn, posts: SlackPosts) -> None:
    await posts.post(BEIJING, None, SAID, {}, left(5))
    assert [m.text for m in slack.messages(BEIJING)] == ["hello"]


@pytest.mark.parametrize("connected", [False, True])
async def test_too_late_it_is_not_written_and_is_to_be_looked_for(
    slack: SlackStandIn, posts: SlackPosts, *, connected: bool
) -> None:
    if connected:
        await posts.post(BEIJING, None, SAID, {}, left(5))
    before = len(slack.calls)
    with pytest.raises(PostError) as caught:
        await posts.post(BEIJING, None, Rendered("late", []), {}, left(5, 5, 0))
    assert caught.value.trouble is Trouble.UNSURE
    assert len(slack.calls) == before
    await posts.post(BEIJING, None, Rendered("after", []), {}, left(5))
    assert [m.text for m in slack.messages(BEIJING)][-1] == "after"
    assert "late" not in [m.text for m in slack.messages(BEIJING)]
