"""What is looked at beside the checks, for those who will decide: who they are, and images of the same name."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commands import audience
from commands.audience import Found
from commands.clouds.cloud import CloudImage
from commands.copy.examine import Findings, tried
from commands.decide import approvals_needed
from commands.ports import Ports
from commands.rule import Rule
from store.tables import Request

_OF_THE_LEASE = 0.5


@dataclass(frozen=True)
class Beside:
    """What was seen.

    Attributes:
        people: who could approve, or has to be told of an emergency; None: it can't be known now.
        listed: destination → its private images, as far as they could be listed.
    """

    people: Found | None
    listed: Mapping[str, Sequence[CloudImage]] = field(default_factory=dict)


async def look_beside(ports: Ports, request: Request, rule: Rule) -> Beside:
    """Ask Slack and the cloud, within the lease; nothing where nobody decides."""
    if request.emergency:
        return Beside(await audience.look(ports, request))
    if not approvals_needed(request, rule):
        return Beside(Found(rule))
    people, listed = await asyncio.gather(audience.look(ports, request), _listed(ports, request))
    return Beside(people, listed)


async def _listed(ports: Ports, request: Request) -> dict[str, Sequence[CloudImage]]:
    try:
        async with asyncio.timeout(ports.timing.lease_s * _OF_THE_LEASE):
            listings = await asyncio.gather(
                *(tried(ports.cloud.private_images(destination)) for destination in request.destinations)
            )
    except TimeoutError:
        return {}
    return {d: images or () for d, images in zip(request.destinations, listings, strict=True)}


def namesakes(
    listed: Mapping[str, Sequence[CloudImage]], findings: Findings
) -> dict[str, dict[str, list[str]]]:
    """Destination → image → others there with its name, but neither itself nor its known copy; without empty ones."""
    found = {d: _of_one_name(images, findings, d) for d, images in listed.items()}
    return {destination: same for destination, same in found.items() if same}


def _of_one_name(listed: Sequence[CloudImage], findings: Findings, destination: str) -> dict[str, list[str]]:
    copies = findings.present.get(destination, {})
    same = {
        image.id: [
            i.id for i in listed if i.name == image.name and i.id not in {image.id, copies.get(image.id)}
        ]
        for image in findings.images.values()
        if image.name
    }
    return {image: others for image, others in same.items() if others}
