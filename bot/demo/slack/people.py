"""Web API methods that read people, user groups and conversations."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.demo.slack.state import State
from bot.demo.slack.wire import ApiError, Args, Json
from bot.demo.slack.workspace import Channel, Group, User

T = TypeVar("T")


def page(items: Sequence[T], args: Args, default: int) -> tuple[list[T], Json]:
    """The page of `items` that `limit` and `cursor` ask for, and the answer's metadata with the next cursor."""
    cursor = args.text("cursor")
    if cursor and not cursor.isdecimal():
        raise ApiError("invalid_cursor")
    start, size = int(cursor or 0), args.number("limit", default) or default
    end = start + size
    return list(items[start:end]), {"next_cursor": str(end) if end < len(items) else ""}


def auth_test(state: State, _args: Args) -> Json:
    space = state.workspace
    return {
        "url": space.url,
        "team": space.name,
        "user": space.bot_name,
        "team_id": space.team_id,
        "user_id": space.bot_user_id,
        "bot_id": space.bot_id,
        "is_enterprise_install": False,
    }


def team_info(state: State, _args: Args) -> Json:
    space = state.workspace
    return {"team": {"id": space.team_id, "name": space.name, "domain": space.domain}}


def bots_info(state: State, args: Args) -> Json:
    space = state.workspace
    if args.text("bot") != space.bot_id:
        raise ApiError("bot_not_found")
    bot = {"id": space.bot_id, "app_id": space.app_id, "user_id": space.bot_user_id, "name": space.bot_name}
    return {"bot": bot | {"deleted": False}}


def users_info(state: State, args: Args) -> Json:
    user = state.need_user(args.text("user"))
    return {"user": user_json(state, user, locale=args.flag("include_locale"))}


def users_list(state: State, args: Args) -> Json:
    users, metadata = page(state.workspace.users, args, 1000)
    locale = args.flag("include_locale")
    return {
        "members": [user_json(state, user, locale=locale) for user in users],
        "response_metadata": metadata,
    }


def users_conversations(state: State, args: Args) -> Json:
    user_id = args.text("user") or state.workspace.bot_user_id
    state.need_user(user_id)
    kinds = (args.text("types") or "public_channel").replace(" ", "").split(",")
    found = [
        channel
        for channel in state.workspace.channels
        if user_id in channel.members
        and ("private_channel" if channel.is_private else "public_channel") in kinds
        and not (channel.is_archived and args.flag("exclude_archived"))
        and (state.is_member(channel) or not channel.is_private)
    ]
    channels, metadata = page(found, args, 100)
    return {"channels": [channel_json(state, c) for c in channels], "response_metadata": metadata}


def usergroups_list(state: State, args: Args) -> Json:
    groups = [g for g in state.workspace.groups if g.enabled or args.flag("include_disabled")]
    return {"usergroups": [group_json(state, g, users=args.flag("include_users")) for g in groups]}


def usergroups_users_list(state: State, args: Args) -> Json:
    group = state.workspace.group(args.text("usergroup"))
    if group is None or not (group.enabled or args.flag("include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": list(group.members)}


def conversations_info(state: State, args: Args) -> Json:
    channel = state.need_channel(args.text("channel"))
    state.channel_scope(channel, "read")
    answer = channel_json(state, channel)
    if args.flag("include_num_members"):
        answer["num_members"] = len(channel.members)
    return {"channel": answer}


def conversations_members(state: State, args: Args) -> Json:
    channel = state.need_channel(args.text("channel"))
    state.channel_scope(channel, "read")
    members, metadata = page(channel.members, args, 100)
    return {"members": members, "response_metadata": metadata}


def conversations_open(state: State, args: Args) -> Json:
    users = args.text("users").split(",")
    if len(users) != 1:
        raise ApiError("method_not_supported_for_channel_type")
    if state.need_user(users[0]).is_bot:
        raise ApiError("cannot_dm_bot")
    channel = state.workspace.open_direct(users[0])
    answer = channel_json(state, channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": answer, "no_op": False, "already_open": False}


def user_json(state: State, user: User, *, locale: bool) -> Json:
    """Someone as `users.info` tells; the locale of people from elsewhere is not told."""
    at = datetime.now(ZoneInfo(user.tz))
    offset = at.utcoffset()
    stranger = state.workspace.team_of(user) != state.workspace.team_id
    return {
        "id": user.id,
        "team_id": state.workspace.team_of(user),
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "tz": user.tz,
        "tz_label": at.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.name,
            "team": state.workspace.team_of(user),
        },
        **({"is_stranger": True} if stranger else {}),
        **({"locale": user.locale} if locale and not stranger else {}),
    }


def channel_json(state: State, channel: Channel) -> Json:
    """A conversation as `conversations.info` tells."""
    if channel.is_im:
        other = next(member for member in channel.members if member != state.workspace.bot_user_id)
        return {"id": channel.id, "is_im": True, "user": other, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": state.is_member(channel),
        "is_shared": False,
        "is_ext_shared": False,
        "context_team_id": state.workspace.team_id,
    }


def group_json(state: State, group: Group, *, users: bool) -> Json:
    """A user group as `usergroups.list` tells."""
    return {
        "id": group.id,
        "team_id": state.workspace.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "date_delete": 0 if group.enabled else 1,
        "user_count": len(group.members),
        **({"users": list(group.members)} if users else {}),
    }
