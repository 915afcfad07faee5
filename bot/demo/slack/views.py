"""Web API methods for modals and the Home tab, and the stack of modals each person has open."""

import json

from bot.demo.slack.forms import initial_state
from bot.demo.slack.limits import VIEW_JSON, view_problems
from bot.demo.slack.state import State
from bot.demo.slack.wire import ApiError, Args, Json, refusal

STACK = 3


def open_view(state: State, args: Args) -> Json:
    view = _given(args, "modal")
    user = state.spend_trigger(args.need("trigger_id"))
    held = held_view(state, view, None)
    state.modals[user] = [held]
    return {"view": held}


def push_view(state: State, args: Args) -> Json:
    view = _given(args, "modal")
    user = state.spend_trigger(args.need("trigger_id"))
    return {"view": push(state, user, view)}


def update_view(state: State, args: Args) -> Json:
    view = _given(args, "modal")
    for user, stack in state.modals.items():
        for held in stack:
            if held["id"] == args.text("view_id") or held["external_id"] == (
                args.text("external_id") or None
            ):
                _same_hash(args, held)
                return {"view": replace(state, user, held["id"], view)}
    raise ApiError("not_found")


def publish_view(state: State, args: Args) -> Json:
    view = _given(args, "home")
    user = args.need("user_id")
    state.need_user(user)
    shown = state.homes.get(user)
    if shown is not None:
        _same_hash(args, shown)
    state.homes[user] = held_view(state, view, shown)
    return {"view": state.homes[user]}


def push(state: State, user: str, view: Json) -> Json:
    """Put a modal on top of those this person has open."""
    stack = state.modals.get(user, [])
    if not stack:
        raise ApiError("not_found")
    if len(stack) >= STACK:
        raise ApiError("push_limit_reached")
    held = held_view(state, view, None)
    held |= {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
    stack.append(held)
    return held


def replace(state: State, user: str, view_id: str, view: Json) -> Json:
    """Put a modal in the place of one this person has open."""
    stack = state.modals[user]
    place = next(index for index, held in enumerate(stack) if held["id"] == view_id)
    stack[place] = held_view(state, view, stack[place])
    return stack[place]


def checked(view: object, kind: str) -> Json:
    """The view, refused where Slack refuses it."""
    problems = view_problems(view)
    if problems or not isinstance(view, dict):
        raise refusal("invalid_arguments", problems)
    if view["type"] != kind:
        raise refusal("invalid_arguments", [f"unsupported type: {view['type']} [json-pointer:/view/type]"])
    if len(json.dumps(view)) > VIEW_JSON:
        raise ApiError("view_too_large")
    return view


def held_view(state: State, view: Json, before: Json | None) -> Json:
    """The view as Slack holds it, in the place of the one before."""
    space = state.workspace
    view_id = before["id"] if before else state.new_id("V")
    blocks = state.conversations.named(view["blocks"])
    defaults: Json = {
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "submit": None,
        "close": None,
    }
    defaults |= {"clear_on_close": False, "notify_on_close": False}
    return {
        **defaults,
        **view,
        "id": view_id,
        "hash": f"{state.conversations.next_ts()}.{state.new_id('h')}",
        "team_id": space.team_id,
        "app_id": space.app_id,
        "app_installed_team_id": space.team_id,
        "bot_id": space.bot_id,
        "root_view_id": before["root_view_id"] if before else view_id,
        "previous_view_id": before["previous_view_id"] if before else None,
        "blocks": blocks,
        "state": {"values": initial_state(blocks)},
    }


def _given(args: Args, kind: str) -> Json:
    return checked(args.structure("view", "invalid_arguments"), kind)


def _same_hash(args: Args, held: Json) -> None:
    if args.text("hash") not in {"", held["hash"]}:
        raise ApiError("hash_conflict")
