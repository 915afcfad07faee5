"""The mapping of one call, to be copied into other tools."""

import json
from collections.abc import Mapping

from commands.current import rule_of
from commands.decide import NOT_FOUND
from commands.permissions import may_look
from commands.ports import Caller, Ports
from commands.snapshot import Snapshot, take
from commands.text import Line, Message
from commands.who import standing
from commands.whom import refused

FORMATS = ("mapping_json", "mapping_terraform")


async def mapping(ports: Ports, caller: Caller, value: str, form: str) -> Message:
    """`form` is the button's action: `mapping_json` or `mapping_terraform`."""
    request_id, _, number = value.rpartition(".")
    seen, rule = await ports.db.read(lambda tx: (take(tx, request_id), rule_of(tx, caller)))
    who = await standing(ports, caller, rule.groups() if rule else ())
    if seen is None or (seen.request.team, seen.request.channel) != (caller.team, caller.channel):
        return Message((NOT_FOUND.line(caller.language),))
    verdict = may_look(rule, who, ports.admins, own=caller.user == seen.request.requester)
    if not verdict.allowed:
        return await refused(ports, caller, verdict)
    found = _of_call(seen, number)
    text = as_json(found) if form == FORMATS[0] else as_terraform(found)
    return Message((Line((text,), "pre"),))


def _of_call(seen: Snapshot, number: str) -> dict[str, str]:
    return {
        copy.image_id: copy.new_image_id
        for copy in seen.copies
        if str(copy.call_number) == number and copy.new_image_id is not None
    }


def as_json(found: Mapping[str, str]) -> str:
    """An object: source → copy."""
    return json.dumps(found, indent=2)


def as_terraform(found: Mapping[str, str]) -> str:
    """A map for a `locals` block: source → copy."""
    lines = [f'    "{source}" = "{copy}"' for source, copy in found.items()]
    return "\n".join(["locals {", "  image_copies = {", *lines, "  }", "}"])
