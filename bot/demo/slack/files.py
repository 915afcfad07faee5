"""Web API methods that share a file, and the address its bytes are sent to."""

from bot.demo.slack.chat import parent_of_reply
from bot.demo.slack.state import File, State
from bot.demo.slack.wire import ApiError, Args, Json, refusal


def get_upload_url(state: State, args: Args) -> Json:
    file = File(state.new_id("F"), args.need("filename"), args.number("length", 0))
    if file.length <= 0:
        raise refusal("invalid_arguments", ["length must be positive"])
    state.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{state.base_url}/upload/{file.id}"}


def receive(state: State, file_id: str, content: bytes) -> bool:
    """Keep the bytes of a file; False when they are not what was announced."""
    file = state.files.get(file_id)
    if file is None or file.content is not None or len(content) != file.length:
        return False
    file.content = content
    return True


def complete_upload(state: State, args: Args) -> Json:
    listed = args.structure("files", "invalid_arguments") or []
    files = [_uploaded(state, entry) for entry in listed]
    if not files:
        raise ApiError("invalid_arguments")
    if args.text("channel_id"):
        channel = state.need_membership(args.text("channel_id"))
        thread_ts = parent_of_reply(state, channel, args.text("thread_ts"))
        bot, comment = state.workspace.bot_user_id, args.text("initial_comment")
        state.conversations.post(channel.id, bot, comment, thread_ts=thread_ts, files=files)
    return {"files": files}


def _uploaded(state: State, entry: Json) -> Json:
    file = state.files.get(entry.get("id", ""))
    if file is None or file.content is None:
        raise ApiError("file_not_found")
    return {"id": file.id, "name": file.name, "title": entry.get("title") or file.name, "size": file.length}
