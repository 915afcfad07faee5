"""The API's images and quotas become ours, whatever they leave out or get wrong."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.clouds.cloud import CloudImage, Quota
from commands.clouds.jdcloud.images import image_of, quota_of

FULL: dict[str, Any] = {
    "imageId": "img-8u2z9kyzdk",
    "name": "web-base-0915",
    "desc": "copied from cn-north-1",
    "imageSource": "self",
    "status": "ready",
    "rootDeviceType": "cloudDisk",
    "platform": "CentOS",
    "osVersion": "7.9 64位",
    "osType": "linux",
    "architecture": "x86_64",
    "progress": "53",
    "systemDiskSizeGB": 40,
    "snapshotId": "snapshot-s1",
    "systemDisk": {"cloudDisk": {"snapshotId": "snapshot-s1", "diskSizeGB": 40, "encrypted": False}},
    "dataDisks": [
        {
            "deviceName": "vdb",
            "cloudDisk": {"snapshotId": "snapshot-d1", "encrypted": False, "encrypt": False},
        },
        {"deviceName": "vdc", "cloudDisk": {"snapshotId": "snapshot-d2"}},
    ],
    "createTime": "2021-01-28 16:49:05",
}


def test_a_full_image_is_read_field_by_field() -> None:
    assert image_of(FULL) == CloudImage(
        id="img-8u2z9kyzdk",
        name="web-base-0915",
        description="copied from cn-north-1",
        source="private",
        status="ready",
        root_device_type="cloudDisk",
        platform="CentOS",
        os_version="7.9 64位",
        architecture="x86_64",
        progress=53,
        size_gb=40,
        snapshot_ids=("snapshot-s1", "snapshot-d1", "snapshot-d2"),
        encrypted=False,
        created_at="2021-01-28 16:49:05",
    )


def test_an_image_with_nothing_but_its_id_is_read_too() -> None:
    assert image_of({"imageId": "img-a1"}) == CloudImage(
        id="img-a1",
        name="",
        description="",
        source="",
        status="",
        root_device_type="",
        platform="",
        os_version="",
        architecture="",
        progress=None,
        size_gb=None,
        snapshot_ids=(),
        encrypted=None,
        created_at="",
    )


@pytest.mark.parametrize(
    ("said", "progress"),
    [("53", 53), (" 53% ", 53), (53, 53), (53.9, 53), ("100", 100), (120, 100), (-1, 0)],
)
def test_progress_is_a_percentage(said: object, progress: int) -> None:
    assert image_of({"progress": said}).progress == progress


@pytest.mark.parametrize("said", ["", "half", None, True, [], {}, "nan", "inf", 10**400])
def test_what_is_no_number_is_no_progress(said: object) -> None:
    assert image_of({"progress": said}).progress is None


@pytest.mark.parametrize(
    ("system", "data", "encrypted"),
    [
        ({}, {}, None),
        ({"encrypted": False}, {}, False),
        ({"encrypted": False}, {"encrypt": True}, True),
        ({"encrypt": True}, {"encrypted": False}, True),
        ({"encrypted": "true"}, {}, True),
        ({"encrypted": None}, {}, None),
    ],
)
def test_an_image_is_encrypted_when_any_disk_is(
    system: dict[str, object],
    data: dict[str, object],
    encrypted: bool | None,  # noqa: FBT001 -- the expected value
) -> None:
    raw = {"systemDisk": {"cloudDisk": system}, "dataDisks": [{"cloudDisk": {}}, {"cloudDisk": data}]}
    assert image_of(raw).encrypted is encrypted


def test_description_is_taken_from_either_field() -> None:
    assert image_of({"description": "marker"}).description == "marker"


def test_the_system_disk_gives_size_and_snapshot_where_the_image_does_not() -> None:
    image = image_of(
        {"snapshotId": "", "systemDisk": {"cloudDisk": {"snapshotId": "s1", "diskSizeGB": "60"}}}
    )
    assert (image.snapshot_ids, image.size_gb) == (("s1",), 60)


_odd = st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)


@settings(deadline=None)  # the machine may be busy
@given(st.fixed_dictionaries({name: _odd | st.just(value) for name, value in FULL.items()}))
def test_fields_of_the_wrong_type_never_raise(raw: dict[str, Any]) -> None:
    assert isinstance(image_of(raw), CloudImage)


@pytest.mark.parametrize(
    ("raw", "quota"),
    [
        ({"limit": 5, "used": 2}, Quota(5, 2)),
        ({"limit": "5", "used": 0}, Quota(5, 0)),
        ({"limit": 5}, None),
        ({"limit": True, "used": 2}, None),
        ({"limit": -1, "used": 2}, None),
        ({}, None),
    ],
)
def test_a_quota_is_two_counts_or_none(raw: dict[str, object], quota: Quota | None) -> None:
    assert quota_of(raw) == quota
