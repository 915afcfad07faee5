"""JD Cloud as a `Cloud`: the calls to its `vm` and `disk` services that copying images needs."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from pydantic import SecretStr

from commands.clouds.cloud import CloudError, CloudImage, Copied, Fault, Quota
from commands.clouds.jdcloud.answers import demand_ids, fields, is_id, items, parsed, whole, words
from commands.clouds.jdcloud.clock import blamed_on_clock
from commands.clouds.jdcloud.errors import failure
from commands.clouds.jdcloud.images import image_of, quota_of
from commands.clouds.jdcloud.signing import Algorithm
from commands.clouds.jdcloud.transport import Call, Reply, Signature, Transport, boot_clock

_MAX_COPIED = 10
_NOT_FOUND = 404
_MAX_DESCRIBED = 100
_PAGE = 100  # the largest that the API allows
_MAX_PAGES = 1000


@dataclass(frozen=True)
class _Success:
    """The `result` of an answer that is a success."""

    result: Mapping[str, Any]
    http_status: int
    request_id: str

    def garbled(self, why: str, mapping: Mapping[str, str] | None = None) -> CloudError:
        return CloudError(
            Fault.GARBLED, why, http_status=self.http_status, request_id=self.request_id, mapping=mapping
        )


class JDCloud:
    """One account; `Cloud` says what each method promises. Nothing is ever sent twice by itself.

    Args:
        vm_url: base of the images and image quotas, without `/v1`; may have a port and a path.
        disk_url: base of the snapshot quotas, likewise.
        timeout_s: of each HTTP call, connecting and reading included.
        now: the time, aware, which signatures carry.
        nonce: a text never used before.
        clock: seconds, going on while the machine sleeps; what `send_within_s` is measured with.
    """

    def __init__(  # noqa: PLR0913 -- the composition root names every part
        self,
        http: httpx.AsyncClient,
        *,
        access_key: str,
        secret_key: SecretStr,
        vm_url: str,
        disk_url: str,
        algorithm: Algorithm,
        timeout_s: float,
        now: Callable[[], datetime],
        nonce: Callable[[], str],
        clock: Callable[[], float] = boot_clock,
    ) -> None:
        signature = Signature(
            access_key=access_key, secret_key=secret_key, algorithm=algorithm, now=now, nonce=nonce
        )
        self._hidden = signature.hidden
        self._urls = {"vm": vm_url.rstrip("/"), "disk": disk_url.rstrip("/")}
        self._transport = Transport(http, signature, timeout_s=timeout_s, clock=clock)
        self._clock = clock
        self._now = now

    async def copy_images(
        self,
        *,
        source: str,
        image_ids: Sequence[str],
        destination: str,
        description: str,
        send_within_s: float,
    ) -> Copied:
        send_by = self._clock() + send_within_s
        demand_ids(source, destination, *image_ids)
        if not 1 <= len(set(image_ids)) == len(image_ids) <= _MAX_COPIED:
            raise CloudError(Fault.INVALID_ARGUMENT, "from one to ten different images can be copied at once")
        # The SDK's regionId and nulls are left out: the path has the region, the page's own example neither.
        wanted = {
            "sourceImageIds": list(image_ids),
            "destinationRegion": destination,
            "description": description,
        }
        call = self._call("POST", "vm", source, "images:copyImages", content=json.dumps(wanted).encode())
        return _copied(await self._ask(call, send_by=send_by), image_ids)

    async def describe_images(self, region: str, image_ids: Sequence[str]) -> list[CloudImage]:
        demand_ids(region, *image_ids)
        wanted = list(dict.fromkeys(image_ids))
        if len(wanted) > _MAX_DESCRIBED:
            raise CloudError(Fault.INVALID_ARGUMENT, f"more than {_MAX_DESCRIBED} images at once")
        while wanted:
            try:
                return await self._by_id(region, wanted)
            except CloudError as error:
                # Not a second try: another question, without those that the answer says don't exist.
                left = [one for one in wanted if one not in error.image_ids]
                if error.fault is not Fault.NOT_FOUND or len(left) == len(wanted):
                    raise
                wanted = left
        return []

    async def describe_image(self, region: str, image_id: str) -> CloudImage | None:
        demand_ids(region, image_id)
        try:
            answer = await self._ask(self._call("GET", "vm", region, f"images/{image_id}"))
        except CloudError as error:
            if error.fault is Fault.NOT_FOUND or error.http_status == _NOT_FOUND:
                return None
            raise
        raw = fields(answer.result.get("image"))
        if words(raw.get("imageId")) != image_id:
            raise answer.garbled("the answer describes another image")
        return image_of(raw)

    async def private_images(self, region: str) -> list[CloudImage]:
        demand_ids(region)
        found: dict[str, CloudImage] = {}
        for number in range(1, _MAX_PAGES + 1):
            page = await self._page(region, number, {"imageSource": "private"})
            total, new = whole(page.result.get("totalCount")), _images(page)
            if total is None or (new.keys() <= found.keys() and len(found) != total):
                raise page.garbled(f"incomplete listing: {len(found)} of {total} images")
            found |= new
            if len(found) == total:
                return list(found.values())
        raise CloudError(Fault.GARBLED, f"incomplete listing: more than {_MAX_PAGES} pages")

    async def image_quota(self, region: str) -> Quota:
        demand_ids(region)
        params = {"filters.1.name": "resourceTypes", "filters.1.values.1": "image"}
        answer = await self._ask(self._call("GET", "vm", region, "quotas", params=params))
        quotas = items(answer.result.get("quotas"))
        said = [quota_of(quota) for quota in quotas if words(quota.get("resourceType")) == "image"]
        return _demanded(said[0] if said else None, answer)

    async def snapshot_quota(self, region: str) -> Quota:
        demand_ids(region)
        answer = await self._ask(self._call("GET", "disk", region, "quotas", params={"type": "snapshot"}))
        return _demanded(quota_of(fields(answer.result.get("quota"))), answer)

    async def _by_id(self, region: str, wanted: list[str]) -> list[CloudImage]:
        """The images asked for, following pages only as long as they bring something new.

        A count that fits the question and is larger than what came says that something is missing.
        """
        found: dict[str, CloudImage] = {}
        params = {f"ids.{number}": one for number, one in enumerate(wanted, 1)}
        for number in range(1, _MAX_PAGES + 1):
            page = await self._page(region, number, params)
            new = _images(page)
            total = whole(page.result.get("totalCount")) or 0
            if new.keys() <= found.keys():
                if len(found) < total <= len(wanted):
                    raise page.garbled(f"incomplete answer: {len(found)} of {total} images")
                break
            found |= new
            if len(found) >= total:
                break
        return [found[one] for one in wanted if one in found]

    async def _page(self, region: str, number: int, params: Mapping[str, str]) -> _Success:
        paged = {**params, "pageNumber": str(number), "pageSize": str(_PAGE)}
        return await self._ask(self._call("GET", "vm", region, "images", params=paged))

    def _call(
        self,
        method: str,
        service: str,
        region: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> Call:
        url = f"{self._urls[service]}/v1/regions/{region}/{path}"
        return Call(method, service, region, url, params or {}, content)

    async def _ask(self, call: Call, *, send_by: float | None = None) -> _Success:
        return self._judged(await self._transport.send(call, send_by=send_by))

    def _judged(self, reply: Reply) -> _Success:
        """A success has HTTP 2xx, no `error`, and a `result`; an envelope's `error` counts with HTTP 200 too."""
        envelope = parsed(reply.content)
        request_id = words(envelope.get("requestId")) or words(reply.request_id)
        error, result = envelope.get("error"), envelope.get("result")
        if not 200 <= reply.status < 300 or error or not isinstance(result, dict):  # noqa: PLR2004 -- HTTP's
            refused = failure(reply.status, fields(error), request_id, hidden=self._hidden)
            raise blamed_on_clock(refused, reply.date, self._now())
        return _Success(result, reply.status, request_id)


def _copied(answer: _Success, asked: Sequence[str]) -> Copied:
    pairs = {
        words(pair.get("sourceImageId")): pair.get("destinationImageId")
        for pair in items(answer.result.get("copyImages"))
    }
    mapping = {one: str(pairs[one]) for one in asked if is_id(pairs.get(one))}
    if len(mapping) < len(asked):
        raise answer.garbled(f"the answer maps {len(mapping)} of {len(asked)} images", mapping)
    return Copied(mapping, answer.request_id)


def _images(page: _Success) -> dict[str, CloudImage]:
    """The page's images by id. A page that says nothing must not read as one that says there are none."""
    said = page.result.get("images")
    if said is None and whole(page.result.get("totalCount")) == 0:
        return {}
    if not isinstance(said, list) or not all(is_id(fields(raw).get("imageId")) for raw in said):
        raise page.garbled("incomplete listing: images missing or without an id")
    return {image.id: image for image in map(image_of, said)}


def _demanded(quota: Quota | None, answer: _Success) -> Quota:
    if quota is None:
        raise answer.garbled("the answer says no quota")
    return quota
