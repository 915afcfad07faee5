"""The page's small JD Cloud console: regions, images, quotas, calls, and switches for what goes wrong."""

from dataclasses import replace
from typing import Literal

from starlette.requests import Request
from starlette.routing import BaseRoute

from bot.demo.jdcloud import Call, CloudStandIn, Fault
from bot.demo.page.answers import Asked, Json, both, get, post
from bot.demo.page.troubles import TROUBLES
from commands.clouds.jdcloud.regions import known_regions

_CALLS_SHOWN = 40


class Armed(Asked):
    """One trouble switched on for the next `copyImages` call, or off."""

    name: str
    on: bool


class Older(Asked):
    """Whether the service is an older one, which ignores the `description` of a copy."""

    on: bool


class Limited(Asked):
    """A quota's new limit."""

    region: str
    kind: Literal["image", "snapshot"]
    limit: int


class Ended(Asked):
    """A running copy brought to its end now."""

    image: str
    state: Literal["ready", "error"]


class CloudSide:
    """Shows the stand-in's account and changes it; remembers which fault each switch armed."""

    def __init__(self, cloud: CloudStandIn) -> None:
        self._cloud = cloud
        self._armed: dict[str, Fault] = {}

    def routes(self) -> list[BaseRoute]:
        """The state, and a POST route per thing that can be changed."""
        return [
            get("/cloud/state", self.state),
            post("/cloud/fault", Armed, self.arm),
            post("/cloud/older", Older, self.grow_older),
            post("/cloud/quota", Limited, self.limit),
            post("/cloud/finish", Ended, self.end),
        ]

    def state(self, _request: Request) -> Json:
        """Regions with images and quotas, switches, and the latest calls, newest first."""
        names = {region.id: {"zh": region.zh, "en": region.en} for region in known_regions()}
        regions = [
            region | {"name": names.get(region["id"]), "images": [self._image(i) for i in region["images"]]}
            for region in self._cloud.as_json()["regions"]
        ]
        latest = self._cloud.calls[: -_CALLS_SHOWN - 1 : -1]
        return {
            "regions": regions,
            "older": self._cloud.ignores_description,
            "troubles": [self._switch(name) for name in TROUBLES],
            "calls": [_call(call) for call in latest],
        }

    async def arm(self, asked: Armed) -> Json:
        trouble = TROUBLES[asked.name]
        if self._is_armed(asked.name) != asked.on:
            if asked.on:
                self._armed[asked.name] = replace(trouble.fault)
                self._cloud.faults.append(self._armed[asked.name])
            else:
                # By identity: another fault may say the same.
                gone = self._armed.pop(asked.name)
                self._cloud.faults[:] = [fault for fault in self._cloud.faults if fault is not gone]
        return {}

    async def grow_older(self, asked: Older) -> Json:
        self._cloud.ignores_description = asked.on
        return {}

    async def limit(self, asked: Limited) -> Json:
        if (asked.region, asked.kind) not in self._cloud.quotas:
            raise KeyError(asked.region)
        if asked.limit < 0:
            raise ValueError(asked.limit)
        self._cloud.quotas[asked.region, asked.kind] = asked.limit
        return {}

    async def end(self, asked: Ended) -> Json:
        if asked.image not in self._cloud.images:
            raise KeyError(asked.image)
        if asked.state == "ready":
            self._cloud.finish(asked.image)
        else:
            self._cloud.fail(asked.image)
        return {}

    def _image(self, shown: Json) -> Json:
        plays = self._cloud.images[shown["id"]].plays
        return shown | {"plays": both(TROUBLES[plays].title) if plays else None}

    def _switch(self, name: str) -> Json:
        trouble = TROUBLES[name]
        return {
            "name": name,
            "title": both(trouble.title),
            "answer": trouble.answer,
            "on": self._is_armed(name),
        }

    def _is_armed(self, name: str) -> bool:
        fault = self._armed.get(name)
        return fault is not None and fault.pending and any(fault is one for one in self._cloud.faults)


def _call(call: Call) -> Json:
    return {
        "id": call.request_id,
        "at": call.at.isoformat(),
        "method": call.method,
        "operation": call.operation,
        "path": call.path,
        "status": call.status,
        "accepted": call.accepted,
    }
