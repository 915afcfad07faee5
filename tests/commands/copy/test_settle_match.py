"""Which images of a listing are a call's copies for certain, and which could be."""

from dataclasses import replace

from commands.clouds.cloud import CloudImage
from commands.copy.plan import marker
from commands.copy.settle import Seen, match
from store.lifecycle import CopyState
from store.tables import Call, Copy, Request
from tests.commands.copy.test_content import IMAGE

ID = "cp-1"
MARK = marker(ID, 1, "cn-north-1", ["img-a", "img-b"])
REQUEST = Request(
    id=ID,
    team="T1",
    channel="C1",
    requester="U1",
    delivery="d",
    images=["img-a", "img-b"],
    facts={"img-a": {"name": "web"}, "img-b": {"name": "api"}},
)


def call(listed: list[str] | None = None) -> Call:
    return Call(request_id=ID, number=1, destination="cn-east-2", marker=MARK, listed=listed)


def copies(*ids: str) -> list[Copy]:
    return [
        Copy(request_id=ID, image_id=i, destination="cn-east-2", state=CopyState.PLANNED, call_number=1)
        for i in ids
    ]


def new(identity: str, name: str, description: str = "") -> CloudImage:
    return replace(IMAGE, id=identity, name=name, description=description)


def test_the_marker_and_the_name_together_say_whose_copy_it_is() -> None:
    listing = [new("img-1", "api", MARK), new("img-2", "web", MARK)]
    found = match(call([]), copies("img-a", "img-b"), listing, REQUEST)
    assert found == Seen({"img-a": "img-2", "img-b": "img-1"}, {})


def test_of_a_call_of_one_image_the_marker_alone_says_it() -> None:
    found = match(call([]), copies("img-a"), [new("img-1", "renamed", MARK)], REQUEST)
    assert found == Seen({"img-a": "img-1"}, {})


def test_another_calls_marker_proves_that_an_image_is_not_ours() -> None:
    other = marker("cp-2", 1, "cn-north-1", ["img-a"])
    found = match(call([]), copies("img-a"), [new("img-1", "web", other)], REQUEST)
    assert found == Seen({}, {})


def test_an_unmarked_image_that_is_new_and_has_the_name_or_names_the_source_could_be_ours() -> None:
    listing = [
        new("img-1", "web"),
        new("img-2", "else", "Copied from cn-north-1 img-a"),
        new("img-3", "else"),
        new("img-4", "web"),
    ]
    found = match(call(["img-4"]), copies("img-a"), listing, REQUEST)
    assert found.ours == {}
    assert [image.id for image in found.perhaps["img-a"]] == ["img-1", "img-2"]


def test_where_nothing_could_be_listed_before_every_image_of_that_name_could_be_ours() -> None:
    found = match(call(None), copies("img-a"), [new("img-4", "web")], REQUEST)
    assert list(found.perhaps) == ["img-a"]


def test_a_copy_with_our_marker_whose_source_is_not_clear_could_be_that_of_each() -> None:
    found = match(call([]), copies("img-a", "img-b"), [new("img-1", "renamed", MARK)], REQUEST)
    assert found.ours == {}
    assert {source: [i.id for i in images] for source, images in found.perhaps.items()} == {
        "img-a": ["img-1"],
        "img-b": ["img-1"],
    }
