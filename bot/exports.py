"""Sends a file to one person, in the direct messages with them."""

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import render
from bot.slack_trouble import code_of
from commands.history_export import Export, not_sent, sent
from commands.ports import Caller
from commands.text import Message

_NAME = "copy-image-history.csv"

log = structlog.get_logger(__name__)


async def send(client: AsyncWebClient, caller: Caller, export: Export) -> Message:
    """Upload it; what to say of that to the person."""
    try:
        opened = await client.conversations_open(users=caller.user)
        await client.files_upload_v2(
            channel=str(opened["channel"]["id"]),
            filename=_NAME,
            content=export.content,
            initial_comment=render(export.said).text,
        )
    except (SlackApiError, SlackClientError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        code = (isinstance(error, SlackApiError) and code_of(error)) or type(error).__name__
        log.warning("file_not_sent", user=caller.user, error=code)
        return not_sent(code, caller.language)
    return sent(export, caller.language)
