"""Every fault is explained in both languages, with the meaning that the cloud's own page gives it."""

import re
from typing import get_args

import pytest

from commands.clouds.cloud import CloudError, Effect, Fault
from commands.copy.faults import cloud_words, explain
from commands.text import Code, Language, Line, Span, Spans

LANGUAGES: tuple[Language, ...] = get_args(Language)


def plain(span: Span) -> str:
    if isinstance(span, Spans):
        return "".join(plain(part) for part in span.parts)
    return span.text if isinstance(span, Code) else str(span)


def said(fault: Fault, language: Language) -> tuple[str, str]:
    images, source, destination = Code("img-a1"), "cn-north-1", "cn-east-2"
    happened, to_do = explain(fault, language, images=images, source=source, destination=destination)
    return plain(happened), plain(to_do)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", Fault)
def test_every_fault_names_the_images_and_says_what_to_do(fault: Fault, language: Language) -> None:
    happened, to_do = said(fault, language)
    assert "img-a1" in happened
    assert len(to_do) > 10
    assert not re.search(r"[{}!！]", happened + to_do)


@pytest.mark.parametrize("fault", Fault)
def test_chinese_uses_full_width_punctuation_and_english_none(fault: Fault) -> None:
    assert not re.search(r"[,;:()]", "".join(said(fault, "zh")))
    assert not re.search(r"[，；：（）。、“”]", "".join(said(fault, "en")))


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (Fault.INVALID_REGION, "地域参数错误"),
        (Fault.NOT_CLOUD_DISK, "只支持云盘系统盘类型的镜像"),
        (Fault.IMAGE_STATUS, "镜像状态错误"),
        (Fault.NOT_PRIVATE, "不能操作非私有镜像"),
        (Fault.TASK_CONFLICT, "镜像正在处理其它任务"),
        (Fault.BUSY, "镜像正在跨区复制或转换中"),
        (Fault.ENCRYPTED, "带有加密快照的镜像"),
        (Fault.IMAGE_QUOTA, "镜像配额不足"),
        (Fault.SNAPSHOT_QUOTA, "快照配额不足"),
        (Fault.NOT_FOUND, "镜像不存在"),
        (Fault.INTERNAL, "系统内部错误"),
        (Fault.UNKNOWN_SERVER, "服务暂时不可用"),
    ],
)
def test_chinese_carries_the_meaning_of_the_clouds_page(fault: Fault, meaning: str) -> None:
    assert meaning in said(fault, "zh")[0]


@pytest.mark.parametrize("fault", [Fault.INTERNAL, Fault.UNKNOWN_SERVER])
def test_a_server_error_says_to_try_again_and_then_to_open_a_ticket_but_names_no_button_yet(
    fault: Fault,
) -> None:
    assert said(fault, "zh")[1].endswith("若确认未复制，届时可以重试；如果多次尝试失败，请提交工单")
    assert "open a ticket" in said(fault, "en")[1]
    assert "“重试”" not in said(fault, "zh")[1]
    assert "Retry" not in said(fault, "en")[1]


@pytest.mark.parametrize("fault", [fault for fault in Fault if CloudError(fault, "").passing])
def test_what_is_tried_again_by_itself_says_so(fault: Fault) -> None:
    assert "自动重试" in said(fault, "zh")[1]
    assert "tried again by itself" in said(fault, "en")[1]


@pytest.mark.parametrize(
    "fault", [fault for fault in Fault if CloudError(fault, "").effect is Effect.UNKNOWN]
)
def test_what_is_uncertain_looks_in_the_destination_and_sends_nothing_again_before(fault: Fault) -> None:
    assert "正在 cn-east-2 查找新镜像，确认之前不会重复提交" in said(fault, "zh")[1]
    assert "looked for in cn-east-2; nothing is sent again before that is certain" in said(fault, "en")[1]


def test_the_clouds_words_are_status_message_and_request_id() -> None:
    line = cloud_words(
        http_status=400,
        status="FAILED_PRECONDITION",
        message="The image 'img-a1' is busy",
        request_id="req-1",
    )
    assert line == Line(
        (Code("400 FAILED_PRECONDITION"), " The image 'img-a1' is busy", " · requestId ", Code("req-1")),
        "context",
    )


@pytest.mark.parametrize(
    ("http_status", "status", "message", "request_id", "parts"),
    [
        (502, "", "", "", (Code("502"),)),
        (None, "", "no answer within 10 s", "", ("no answer within 10 s",)),
        (None, "", "", "req-1", ("requestId ", Code("req-1"))),
        (429, "RATE_LIMIT", "", "req-1", (Code("429 RATE_LIMIT"), " · requestId ", Code("req-1"))),
    ],
)
def test_of_the_clouds_words_what_is_missing_is_left_out(
    http_status: int | None, status: str, message: str, request_id: str, parts: tuple[Span, ...]
) -> None:
    line = cloud_words(http_status=http_status, status=status, message=message, request_id=request_id)
    assert line.parts == parts
