"""Sentences in two languages."""

import pytest

from bot.blocks import mrkdwn
from commands.text import Code, Mention, Span, Spans, Text, join, listed

WHO = Text("{who} 有 {count} 个", "{who} has {count}")


def test_a_sentence_whose_languages_name_different_things_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="placeholders differ"):
        Text("{who} 有 {count} 个", "{who} has some")


def test_a_sentence_is_filled_in_in_the_language_asked_for() -> None:
    assert WHO.say("zh", who=Mention("U1"), count=2).parts == (Mention("U1"), " 有 ", "2", " 个")
    assert WHO.line("en", "title", who="x", count=2).style == "title"


def test_a_missing_value_is_an_error_and_never_a_gap() -> None:
    with pytest.raises(KeyError):
        WHO.say("en", who="x")


def test_braces_in_a_value_are_left_alone() -> None:
    assert WHO.say("en", who="{count}", count=1).parts[0] == "{count}"


def test_no_space_is_left_between_two_chinese_words() -> None:
    may = Text("允许 {who} 申请 → {count} 个", "{who} may ask → {count}")

    def said(who: Span) -> str:
        return mrkdwn(may.line("zh", who=who, count="否"))

    assert said("所有人") == "允许所有人申请 → 否个"
    assert said(Spans((Spans(("所有人",)),))) == "允许所有人申请 → 否个"
    assert said(Mention("U1")) == "允许 <@U1> 申请 → 否个"
    assert said(Spans((Code("a"), " 上海"))) == "允许 `a` 上海 申请 → 否个"
    assert mrkdwn(may.line("en", who="所有人", count=1)) == "所有人 may ask → 1"


@pytest.mark.parametrize(("language", "between"), [("zh", "、"), ("en", ", ")])
def test_lists_are_joined_as_the_language_joins_them(language: str, between: str) -> None:
    spans = [Code("a"), Code("b")]
    found = listed("zh" if language == "zh" else "en", [*spans])
    assert found == Spans((Code("a"), between, Code("b"))) == join([*spans], between)
    assert listed("en", []) == Spans(())
