"""The page's answers: JSON, with what went wrong in plain words of both languages."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.slack import Unacknowledged
from commands.text import Text

Json = dict[str, Any]

_MALFORMED = Text("请求的格式有误：{fields}", "The request is malformed: {fields}.")
_NOT_FOUND = Text("找不到：{what}", "Not found: {what}.")
_NOT_POSSIBLE = Text("无法操作：{what}", "Not possible: {what}.")
_NO_ANSWER = Text(
    "机器人没有给出 Slack 能用的应答：{error}", "The bot gave no answer Slack can use: {error}."
)


class Asked(BaseModel):
    """The body of a POST; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


A = TypeVar("A", bound=Asked)


def both(text: Text, **values: object) -> Json:
    """A text in both languages, for the page to choose from."""
    return {"zh": text.zh.format(**values), "en": text.en.format(**values)}


def problem(text: Text, status: int, **values: object) -> JSONResponse:
    """An error."""
    return JSONResponse({"error": both(text, **values)}, status)


def get(path: str, answer: Callable[[Request], Json]) -> Route:
    """A route that tells something."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(answer(request))
        except KeyError as error:
            return problem(_NOT_FOUND, 404, what=error.args[0])

    return Route(path, endpoint, methods=["GET"])


def post(path: str, asked: type[A], act: Callable[[A], Awaitable[Json]]) -> Route:
    """A route that does something; what the stand-ins object to becomes a plain error."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await act(asked.model_validate_json(await request.body())))
        except ValidationError as error:
            fields = {".".join(map(str, one["loc"])) or "JSON" for one in error.errors()}
            return problem(_MALFORMED, 400, fields=", ".join(sorted(fields)))
        except KeyError as error:
            return problem(_NOT_FOUND, 404, what=error.args[0])
        except ValueError as error:
            return problem(_NOT_POSSIBLE, 409, what=error)
        except Unacknowledged as error:
            return problem(_NO_ANSWER, 502, error=error.error)

    return Route(path, endpoint, methods=["POST"])
