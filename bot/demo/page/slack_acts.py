"""What a person does on the page's small Slack, passed on to the stand-in."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.demo.page.answers import Asked, Json, post, problem
from bot.demo.slack import SlackStandIn
from commands.text import Text

_NO_FILE = Text("没有这个文件", "There is no such file.")


class Someone(Asked):
    """Who acts."""

    user: str


class Typed(Someone):
    """A line sent to a channel."""

    channel: str
    text: str


class Joined(Someone):
    """A channel joined."""

    channel: str


class Pressed(Someone):
    """A button pressed or a menu changed: of a message (`channel`, `ts`), or of a `view`."""

    action_id: str
    channel: str = ""
    ts: str = ""
    view: str = ""
    value: str | list[str] | None = None


class Submitted(Someone):
    """A modal's inputs by block id."""

    values: dict[str, str | list[str]]
    view_id: str | None = None


class SlackActs:
    """One method per thing a person can do."""

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack

    def routes(self) -> list[BaseRoute]:
        """POST routes, and the download of an uploaded file."""
        return [
            post("/demo/type", Typed, self.type),
            post("/demo/join", Joined, self.join),
            post("/demo/press", Pressed, self.press),
            post("/demo/submit", Submitted, self.submit),
            post("/demo/close", Someone, self.close),
            post("/demo/home", Someone, self.home),
            Route("/demo/file/{id}/{name}", self.file, methods=["GET"]),
        ]

    async def type(self, asked: Typed) -> Json:
        reply = await self._slack.type(asked.user, asked.channel, asked.text)
        return {"text": reply.text, "ts": reply.ts}

    async def join(self, asked: Joined) -> Json:
        self._slack.join(asked.user, asked.channel)
        return {}

    async def press(self, asked: Pressed) -> Json:
        if asked.view == "home":
            await self._slack.press_in_home(asked.user, asked.action_id, value=asked.value)
        elif asked.view:
            await self._slack.press_in_modal(asked.user, asked.action_id, value=asked.value)
        else:
            await self._slack.press(asked.user, asked.channel, asked.ts, asked.action_id, value=asked.value)
        return {}

    async def submit(self, asked: Submitted) -> Json:
        return await self._slack.submit(asked.user, asked.values, view_id=asked.view_id)

    async def close(self, asked: Someone) -> Json:
        await self._slack.close(asked.user)
        return {}

    async def home(self, asked: Someone) -> Json:
        await self._slack.open_home(asked.user)
        return {}

    async def file(self, request: Request) -> Response:
        try:
            content = self._slack.file(request.path_params["id"])
        except KeyError:
            content = None
        if content is None:
            return problem(_NO_FILE, 404)
        # Never shown in place: it is whatever somebody uploaded.
        headers = {"Content-Disposition": "attachment"}
        return Response(content, media_type="application/octet-stream", headers=headers)
