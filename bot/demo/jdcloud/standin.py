"""The stand-in for JD Cloud: a real HTTP server that behaves as its API is documented, and badly on request."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from bot.demo.jdcloud.account import Account, Kind
from bot.demo.jdcloud.answering import Answering, Call
from bot.demo.jdcloud.faults import Fault
from bot.demo.jdcloud.images import Image
from bot.demo.jdcloud.rows import refusal
from bot.demo.jdcloud.server import Server
from bot.demo.jdcloud.verify import Verifier

_REGIONS = ("cn-north-1", "cn-east-1", "cn-east-2", "cn-south-1")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CloudStandIn:
    """One account at a cloud of one server, which answers for both vm and disk.

    Attributes:
        faults: what goes wrong next; of those that suit a call, the first one counts. Append to it.
    """

    def __init__(
        self,
        *,
        access_key: str = "TESTAK0123456789ABCDEF0123456789",
        secret_key: str = "TESTSK0123456789abcdef0123456789",  # noqa: S107 - invented
        regions: Sequence[str] = _REGIONS,
        now: Callable[[], datetime] = _utc_now,
        copy_seconds: float = 20.0,
        ignores_description: bool = False,
        port: int = 0,
    ) -> None:
        """An empty account.

        Args:
            now: the cloud's clock, aware; it dates images, moves copies, and judges the dates of signatures.
            copy_seconds: how long a copy takes by that clock.
            ignores_description: gives every copy the cloud's own description, as the older API does.
            port: to listen on; 0 takes any free one.
        """
        self.access_key = access_key
        self.secret_key = secret_key
        self.faults: list[Fault] = []
        self._listeners: list[Callable[[], None]] = []
        self._account = Account(
            regions=regions, now=now, copy_seconds=copy_seconds, own_description=ignores_description
        )
        verifier = Verifier(access_key, secret_key, now)
        self._answering = Answering(
            account=self._account, verifier=verifier, faults=self.faults, now=now, changed=self._changed
        )
        self._server = Server(self._answering.answer, port)

    async def start(self) -> None:
        self._answering.closing.clear()
        await self._server.start()

    async def stop(self) -> None:
        """Cut every connection; effects still delayed never come. Images stay, and `start` works again."""
        self._answering.closing.set()
        await self._server.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The value for both `JDCLOUD_VM_URL` and `JDCLOUD_DISK_URL`, once started."""
        return self._server.url

    @property
    def images(self) -> dict[str, Image]:
        """All images by id, as they stand at this moment."""
        return self._account.images

    @property
    def quotas(self) -> dict[tuple[str, Kind], int]:
        """Limits by region and `image` or `snapshot`; change them in place."""
        return self._account.quotas

    @property
    def calls(self) -> list[Call]:
        """Every request, refused ones too, from the moment it came in."""
        return self._answering.calls

    @property
    def accepted(self) -> list[tuple[str, str, str]]:
        """Source image, destination region and new image of every copy ever begun."""
        return self._account.accepted

    @property
    def ignores_description(self) -> bool:
        """Whether copies begun from now on get the cloud's own description, as with the older API."""
        return self._account.own_description

    @ignores_description.setter
    def ignores_description(self, ignores: bool) -> None:
        self._account.own_description = ignores
        self._changed()

    def add(self, image: Image) -> Image:
        if image.plays is not None:
            refusal(image.plays)  # a misspelt row shows here, not in an answer
        self._account.images[image.id] = image
        self._changed()
        return image

    def region(self, region: str) -> list[Image]:
        return self._account.region(region)

    def finish(self, image_id: str | None = None) -> None:
        """Make one copy ready, or all that are pending."""
        self._account.finish(image_id)
        self._changed()

    def fail(self, image_id: str) -> None:
        """End a copy in `error`."""
        self._account.fail(image_id)
        self._changed()

    def set_progress(self, image_id: str, percent: int) -> None:
        """Hold a copy at this percentage until `finish` or `fail`."""
        self._account.set_progress(image_id, percent)
        self._changed()

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back after each request and each change made here; not for progress, which is worked out when read."""
        self._listeners.append(callback)

    async def wait_for(self, predicate: Callable[[], object], timeout_s: float = 10.0) -> None:
        """Return once the predicate holds.

        Raises:
            TimeoutError: it did not in time; says what was called so far.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not predicate():  # noqa: ASYNC110 - it may hang on the clock, which no event tells
                    await asyncio.sleep(0.01)
        except TimeoutError:
            called = [f"{call.operation} {call.status}" for call in self.calls]
            raise TimeoutError(f"not so after {timeout_s} s; calls: {called}") from None

    def as_json(self) -> dict[str, Any]:
        """Regions with their images and quotas, and the faults still to come, for a web page."""
        return {
            "regions": [self._region_json(region) for region in self._account.regions],
            "faults": [fault.as_json() for fault in self.faults if fault.pending],
        }

    def _region_json(self, region: str) -> dict[str, Any]:
        kinds: tuple[Kind, Kind] = ("image", "snapshot")
        return {
            "id": region,
            "images": [_image_json(image) for image in self.region(region)],
            "quota": {
                kind: {"limit": self.quotas[region, kind], "used": self._account.used(region, kind)}
                for kind in kinds
            },
        }

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()


def _image_json(image: Image) -> dict[str, Any]:
    shown = (
        "id",
        "name",
        "description",
        "os",
        "size_gb",
        "source",
        "status",
        "progress",
        "encrypted",
        "copy_of",
    )
    return {name: getattr(image, name) for name in shown} | {"root_device_type": image.root_device_type}
