"""The regions JD Cloud is known to have; it offers no call that lists them."""

from collections.abc import Sequence

from commands.clouds.cloud import Region

REGIONS = (
    Region("cn-north-1", "华北-北京", "North China-Beijing"),
    Region("cn-east-1", "华东-宿迁", "East China-Suqian"),
    Region("cn-east-2", "华东-上海", "East China-Shanghai"),
    Region("cn-south-1", "华南-广州", "South China-Guangzhou"),
)


def known_regions(extra: Sequence[str] = ()) -> tuple[Region, ...]:
    """The four known regions, then the `extra` ids that are not among them, which are their own names."""
    known = {region.id: region for region in REGIONS}
    for name in extra:
        region_id = name.strip().lower()
        if region_id:
            known.setdefault(region_id, Region(region_id, region_id, region_id))
    return tuple(known.values())
