"""A town whose people change, and a cloud that remembers: what stands behind the commands' two borders."""

# ruff: noqa: ARG002 - the borders name their parameters

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from commands.clouds.cloud import CloudError, CloudImage, Copied, Fault, Quota
from commands.permissions import Kind as Known
from commands.permissions import Standing
from commands.ports import Crowd, UnknowableError
from commands.text import Language
from tests.decision.facts import Kind, Person

_KINDS = {
    Kind.FULL: Known.MEMBER,
    Kind.GUEST: Known.GUEST,
    Kind.BOT: Known.BOT,
    Kind.DEACTIVATED: Known.DEACTIVATED,
}
_PLENTY = Quota(10_000, 0)


def standing(person: Person) -> Standing:
    """Somebody as the product's directory gives them."""
    return Standing(person.id, _KINDS.get(person.kind, Known.STRANGER), person.groups)


@dataclass
class Town:
    """The people and their groups as they are now.

    Attributes:
        silent: Slack does not say who anybody is.
    """

    people: dict[str, Kind]
    groups: dict[str, set[str]]
    silent: bool = False

    def person(self, user: str) -> Person:
        """Somebody as the oracle sees them."""
        inside = frozenset(group for group, members in self.groups.items() if user in members)
        return Person(user, self.people.get(user, Kind.UNKNOWN), inside)

    async def standing(self, team: str, user: str, groups: Iterable[str]) -> Standing:
        if self.silent:
            raise UnknowableError("silent")
        return await self.last_known(team, user, groups)

    async def last_known(self, team: str, user: str, groups: Iterable[str]) -> Standing:
        found = standing(self.person(user))
        return replace(found, groups=found.groups & frozenset(groups))

    async def crowd(self, team: str, channel: str | None, principals: Iterable[str]) -> Crowd:
        if self.silent:
            raise UnknowableError("silent")
        meant = {p: tuple(sorted(self.groups.get(p, {p}))) for p in principals}
        users = {user for people in meant.values() for user in people}
        return Crowd(meant, {user: await self.standing(team, user, self.groups) for user in users})

    async def meet(self, team: str, principals: Iterable[str]) -> None:
        pass

    async def knows_group(self, team: str, group: str) -> bool | None:
        return group in self.groups

    async def language(self, team: str, user: str) -> Language | None:
        return None

    async def is_bot_in(self, team: str, channel: str) -> bool | None:
        return True


@dataclass
class Sky:
    """A cloud where copies are usable at once.

    Attributes:
        images: region → id → image.
        sent: every copyImages that came in: source, images, destination, whether it was done.
        refusing: copyImages is refused for good.
    """

    images: dict[str, dict[str, CloudImage]]
    sent: list[tuple[str, tuple[str, ...], str, bool]] = field(default_factory=list)
    refusing: bool = False

    async def copy_images(
        self,
        *,
        source: str,
        image_ids: Sequence[str],
        destination: str,
        description: str,
        send_within_s: float,
    ) -> Copied:
        self.sent.append((source, tuple(sorted(image_ids)), destination, not self.refusing))
        if self.refusing:
            raise CloudError(Fault.REFUSED, "no", http_status=400, status="FAILED_PRECONDITION")
        mapping = {image: f"img-copy{len(self.sent)}x{n}" for n, image in enumerate(image_ids)}
        for image, copy in mapping.items():
            made = replace(self.images[source][image], id=copy, description=description)
            self.images.setdefault(destination, {})[copy] = made
        return Copied(mapping, f"request-{len(self.sent)}")

    async def describe_images(self, region: str, image_ids: Sequence[str]) -> list[CloudImage]:
        here = self.images.get(region, {})
        return [here[image] for image in image_ids if image in here]

    async def describe_image(self, region: str, image_id: str) -> CloudImage | None:
        return self.images.get(region, {}).get(image_id)

    async def private_images(self, region: str) -> list[CloudImage]:
        return list(self.images.get(region, {}).values())

    async def image_quota(self, region: str) -> Quota:
        return _PLENTY

    async def snapshot_quota(self, region: str) -> Quota:
        return _PLENTY


def cloud_image(identity: str, name: str, *, shared: bool = False) -> CloudImage:
    """An image that can be copied."""
    return CloudImage(
        id=identity,
        name=name,
        description="",
        source="shared" if shared else "private",
        status="ready",
        root_device_type="cloudDisk",
        platform="Linux",
        os_version="",
        architecture="x86_64",
        progress=None,
        size_gb=40,
        snapshot_ids=("snap",),
        encrypted=False,
        created_at="2026-01-01",
    )
