"""Which images go together in one call, and what marks its copies."""

from collections import Counter
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from commands.copy.plan import PER_CALL, carries, group, marker, marker_for

images = st.lists(st.integers(0, 999).map("img-{:03}".format), unique=True, max_size=100)
wanted = images.flatmap(
    lambda ids: st.tuples(
        st.just(ids), st.fixed_dictionaries({i: st.sampled_from("abcdefghijklmnopqrstuvwxyz") for i in ids})
    )
)


@given(wanted)
def test_every_image_is_in_exactly_one_call(asked: tuple[list[str], dict[str, str]]) -> None:
    ids, names = asked
    assert sorted(i for call in group(ids, names) for i in call) == sorted(ids)


@given(wanted)
def test_no_call_is_empty_or_has_more_than_ten_images(asked: tuple[list[str], dict[str, str]]) -> None:
    assert all(1 <= len(call) <= PER_CALL for call in group(*asked))


@given(wanted)
def test_no_name_occurs_twice_in_a_call(asked: tuple[list[str], dict[str, str]]) -> None:
    ids, names = asked
    for call in group(ids, names):
        assert len({names[i] for i in call}) == len(call)


@given(wanted)
def test_there_are_no_more_calls_than_size_and_names_demand(asked: tuple[list[str], dict[str, str]]) -> None:
    ids, names = asked
    most_alike = max(Counter(names.values()).values(), default=0)
    assert len(group(ids, names)) == max(ceil(len(ids) / PER_CALL), most_alike)


@given(wanted)
def test_within_a_call_images_stand_as_they_were_asked_for(asked: tuple[list[str], dict[str, str]]) -> None:
    ids, names = asked
    assert all(list(call) == sorted(call, key=ids.index) for call in group(ids, names))


def test_images_whose_name_is_not_known_go_alone() -> None:
    assert group(["img-a", "img-b"], {}) == [("img-a",), ("img-b",)]


def test_no_images_make_no_calls() -> None:
    assert group([], {}) == []


def test_a_marker_names_the_call_and_where_its_copies_come_from() -> None:
    assert (
        marker("cp-1", 2, "cn-north-1", ["img-a", "img-b"]) == "copy-image-bot cp-1/2 cn-north-1 img-a img-b"
    )


@given(st.lists(st.text("abc", min_size=1, max_size=60), min_size=1, max_size=10))
def test_a_marker_is_never_longer_than_a_description_may_be_and_always_recognised(ids: list[str]) -> None:
    text = marker_for("cp-7f3k2m", "cn-north-1", ids)(11)
    assert len(text) <= 256
    assert carries(text, "cp-7f3k2m", 11)


def test_a_marker_is_not_taken_for_that_of_a_call_with_a_similar_number() -> None:
    text = marker("cp-1", 11, "cn-north-1", ["img-a"])
    assert not carries(text, "cp-1", 1)
    assert not carries(text, "cp-11", 11)
    assert not carries(f"about {text}", "cp-1", 11)


def test_images_with_different_names_fill_one_call_after_another_in_the_order_asked() -> None:
    images = [f"img-{number}" for number in range(23)]
    calls = group(images, {image: image for image in images})
    assert calls == [tuple(images[:10]), tuple(images[10:20]), tuple(images[20:])]
