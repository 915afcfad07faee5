"""Every refusal becomes the fault that a person can act on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.clouds.cloud import Effect, Fault
from commands.clouds.jdcloud.errors import failure, fault_of, named_images

PAGE = [
    (400, "INVALID_ARGUMENT", "Invalid region 'cn-moon-1'", Fault.INVALID_REGION),
    (400, "FAILED_PRECONDITION", "Only support cloudDisk image", Fault.NOT_CLOUD_DISK),
    (400, "FAILED_PRECONDITION", "Invalid image status 'pending'", Fault.IMAGE_STATUS),
    (400, "FAILED_PRECONDITION", "Can't use this image", Fault.NOT_PRIVATE),
    (400, "FAILED_PRECONDITION", "Conflict with underlay image task 'task-1'", Fault.TASK_CONFLICT),
    (400, "FAILED_PRECONDITION", "The image 'img-a1' is busy", Fault.BUSY),
    (400, "FAILED_PRECONDITION", "Copy encrypted snapshot 'snapshot-x1' is not support.", Fault.ENCRYPTED),
    (429, "QUOTA_EXCEEDED", "Image quota limit exceeded", Fault.IMAGE_QUOTA),
    (429, "QUOTA_EXCEEDED", "Snapshot quota limit exceeded", Fault.SNAPSHOT_QUOTA),
    (404, "NOT_FOUND", "Image 'img-a1' not found", Fault.NOT_FOUND),
    (500, "INTERNAL", "Internal server error", Fault.INTERNAL),
    (500, "UNKNOWN", "Unknown server error", Fault.UNKNOWN_SERVER),
]
OTHERS = [
    (400, "INVALID_ARGUMENT", "destinationRegion is required", Fault.INVALID_ARGUMENT),
    (400, "OUT_OF_RANGE", "PageSize out of range", Fault.INVALID_ARGUMENT),
    (400, "FAILED_PRECONDITION", "Parameter ImageSource missing", Fault.REFUSED),
    (401, "ACCESS_ERROR", "sign result is not same [gw]", Fault.UNAUTHENTICATED),
    (401, "UNAUTHENTICATED", "lack of header authorization[gw]", Fault.UNAUTHENTICATED),
    (403, "HTTP_FORBIDDEN", "no permission", Fault.FORBIDDEN),
    (403, "PERMISSION_DENIED", "no permission for image quota", Fault.FORBIDDEN),
    (404, "NOT_FOUND", "Api not found", Fault.NOT_FOUND),
    (409, "ABORTED", "aborted", Fault.REFUSED),
    (409, "ALREADY_EXISTS", "exists", Fault.REFUSED),
    (429, "QUOTA_EXCEEDED", "Disk quota limit exceeded", Fault.QUOTA),
    (429, "RATE_LIMIT", "Too many requests [gw]", Fault.RATE_LIMIT),
    (499, "CANCELLED", "cancelled", Fault.SERVER),
    (501, "NOT_IMPLEMENTED", "not implemented", Fault.SERVER),
    (502, "SOURCE_UNAVAILABLE", "source unavailable", Fault.SERVER),
    (503, "UNAVAILABLE", "unavailable", Fault.SERVER),
]
BARE = [
    (200, Fault.GARBLED),
    (204, Fault.GARBLED),
    (302, Fault.SERVER),
    (400, Fault.REFUSED),
    (401, Fault.UNAUTHENTICATED),
    (403, Fault.FORBIDDEN),
    (404, Fault.REFUSED),
    (409, Fault.REFUSED),
    (429, Fault.RATE_LIMIT),
    (499, Fault.SERVER),
    (500, Fault.SERVER),
    (502, Fault.SERVER),
]


@pytest.mark.parametrize(("http_status", "status", "message", "fault"), PAGE + OTHERS)
def test_an_envelope_is_classed_by_its_status_and_message(
    http_status: int, status: str, message: str, fault: Fault
) -> None:
    assert fault_of(http_status, http_status, status, message) is fault


@pytest.mark.parametrize(("http_status", "status", "message", "fault"), PAGE)
def test_the_letter_case_of_status_and_message_does_not_matter(
    http_status: int, status: str, message: str, fault: Fault
) -> None:
    assert fault_of(http_status, http_status, status.lower(), message.upper()) is fault


@pytest.mark.parametrize(("http_status", "status", "message", "fault"), PAGE)
def test_without_a_status_text_the_message_decides(
    http_status: int, status: str, message: str, fault: Fault
) -> None:
    assert fault_of(http_status, http_status, "", message) is fault


@pytest.mark.parametrize(("http_status", "status", "message", "fault"), PAGE + OTHERS)
def test_an_error_sent_with_http_200_is_classed_by_its_code_and_status(
    http_status: int, status: str, message: str, fault: Fault
) -> None:
    assert fault_of(200, http_status, status, message) is fault


@pytest.mark.parametrize(("http_status", "fault"), BARE)
def test_an_answer_without_envelope_is_classed_by_its_http_status(http_status: int, fault: Fault) -> None:
    assert fault_of(http_status, None, "", "") is fault


@pytest.mark.parametrize("code", [None, 0, 200, 7, 40001])
def test_an_error_with_http_200_and_no_code_of_a_refusal_says_nothing_certain(code: int | None) -> None:
    assert fault_of(200, code, "STRANGE", "strange") is Fault.GARBLED


@settings(deadline=None)  # the machine may be busy
@given(
    st.one_of(st.integers(500, 599), st.just(499)),
    st.sampled_from([row[1] for row in PAGE + OTHERS] + ["", "STRANGE"]),
    st.sampled_from([row[2] for row in PAGE + OTHERS] + [""]),
    st.booleans(),
)
def test_a_5xx_or_499_never_reads_as_a_refusal(number: int, status: str, message: str, by_http: bool) -> None:  # noqa: FBT001 -- drawn
    http_status, code = (number, None) if by_http else (400, number)
    error = failure(http_status, {"code": code, "status": status, "message": message}, "")
    assert error.effect is Effect.UNKNOWN


@pytest.mark.parametrize(
    ("message", "ids"),
    [
        ("Image 'img-a1' not found", ("img-a1",)),
        ("The image 'm5s0x' is busy", ("m5s0x",)),
        ('The image "img-a1" is busy', ("img-a1",)),
        ("images img-a1, img-b2 and img-a1 are busy", ("img-a1", "img-b2")),
        ("Invalid image status 'pending'", ()),
        ("Invalid image status 'img-a1'", ("img-a1",)),
        ("Conflict with underlay image task 'task-1'", ()),
        ("Copy encrypted snapshot 'snapshot-x1' is not support.", ()),
        ("Image quota limit exceeded", ()),
    ],
)
def test_images_that_the_message_names_are_found(message: str, ids: tuple[str, ...]) -> None:
    assert named_images(message) == ids


def test_the_error_carries_the_clouds_own_words() -> None:
    said = {"code": 404, "status": "NOT_FOUND", "message": "Image 'img-a1' not found", "details": []}
    error = failure(404, said, "req-1")
    assert (error.fault, error.http_status, error.status) == (Fault.NOT_FOUND, 404, "NOT_FOUND")
    assert (error.message, error.request_id) == ("Image 'img-a1' not found", "req-1")
    assert error.image_ids == ("img-a1",)


def test_our_keys_are_struck_out_of_the_clouds_words() -> None:
    said = {"code": 401, "status": "AK-1", "message": "key AK-1 with SK-2 unknown"}
    error = failure(401, said, "AK-1", hidden=("AK-1", "SK-2", ""))
    assert (error.status, error.message, error.request_id) == ("***", "key *** with *** unknown", "***")
    assert "AK-1" not in f"{error}{error!r}"


def test_a_key_at_the_edge_where_words_are_cut_leaves_no_part_of_it() -> None:
    error = failure(401, {"code": 401, "message": "x" * 497 + "SECRET"}, "", hidden=("SECRET",))
    assert error.message == "x" * 497 + "***"


def test_words_that_postgresql_or_utf8_cannot_hold_are_taken_out() -> None:
    error = failure(400, {"code": 400, "status": "X", "message": "a\x00b\ud800" + "c" * 600}, "")
    assert error.message == "ab?" + "c" * 497


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)  # the machine may be busy
@given(
    st.integers(100, 599), st.dictionaries(st.sampled_from(["code", "status", "message", "details"]), _json)
)
def test_any_error_object_becomes_an_error(http_status: int, said: dict[str, object]) -> None:
    assert failure(http_status, said, "").http_status == http_status
