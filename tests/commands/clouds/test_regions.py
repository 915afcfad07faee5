"""The known regions, and those that the settings add."""

from commands.clouds.cloud import Region
from commands.clouds.jdcloud.regions import known_regions


def test_four_regions_are_known_by_id_and_by_both_names() -> None:
    assert known_regions() == (
        Region("cn-north-1", "华北-北京", "North China-Beijing"),
        Region("cn-east-1", "华东-宿迁", "East China-Suqian"),
        Region("cn-east-2", "华东-上海", "East China-Shanghai"),
        Region("cn-south-1", "华南-广州", "South China-Guangzhou"),
    )


def test_an_extra_region_is_its_own_name_and_comes_last() -> None:
    assert known_regions(["cn-southwest-1"])[4:] == (
        Region("cn-southwest-1", "cn-southwest-1", "cn-southwest-1"),
    )


def test_blank_repeated_and_known_extras_add_nothing() -> None:
    assert known_regions(["", " ", "CN-EAST-2", " cn-north-1 "]) == known_regions()
