"""What a person was told: well-formed in their language, and which reason it gives."""

import re
from functools import cache

from bot.blocks import render
from bot.plain import plain
from commands.clouds.jdcloud.regions import known_regions
from commands.permissions import Reason, Verdict
from commands.refusals import what
from commands.text import Language, Message
from tests.decision.facts import Against

REGIONS = known_regions(())
_ANY = "cn-any-0"
_ANY_RULE = "any_rule_0"
_LIMIT = 7_654_321

REASONS: dict[Reason, set[Against]] = {
    Reason.GUEST: {Against.GUEST},
    Reason.BOT: {Against.PERSON},
    Reason.DEACTIVATED: {Against.PERSON},
    Reason.STRANGER: {Against.PERSON},
    Reason.NOT_SET_UP: {Against.CHANNEL},
    Reason.MAY_NOT_REQUEST: {Against.RIGHT},
    Reason.SOURCE: {Against.SOURCE},
    Reason.DESTINATION: {Against.DESTINATION},
    Reason.IMAGE: {Against.IMAGE},
    Reason.SAME_REGION: {Against.SAME_REGION},
    Reason.TOO_MANY: {Against.TOO_MANY},
    Reason.REASON_REQUIRED: {Against.REASON},
    Reason.DAILY: {Against.DAILY},
    Reason.OPEN: {Against.OPEN},
    Reason.EMERGENCY: {Against.RIGHT, Against.GUEST},
    Reason.EMERGENCY_OFF: {Against.RIGHT, Against.GUEST},
    Reason.OWN_REQUEST: {Against.OWN},
    Reason.CHANGED_PERMISSIONS: {Against.CHANGED_RULE},
    Reason.MAY_NOT_APPROVE: {Against.RIGHT},
    Reason.MAY_NOT_CANCEL: {Against.NOT_CONCERNED},
    Reason.MAY_NOT_ADMINISTER: {Against.RIGHT},
    Reason.MAY_NOT_PAUSE: {Against.RIGHT},
}

_LONELY = {Reason.BOT, Reason.DEACTIVATED, Reason.STRANGER}
"""Nobody can help these."""
_OWN_HANDS = {Reason.SAME_REGION, Reason.REASON_REQUIRED, Reason.OPEN}
"""What the person can mend alone."""
_WITHOUT_RULE = {*_LONELY, Reason.NOT_SET_UP}
_OTHERS = {
    Against.LATE,
    Against.EXPIRED,
    Against.ROUND,
    Against.TWICE,
    Against.DUPLICATE,
    Against.REGION_TYPED,
    Against.ELSEWHERE,
    Against.BUTTON,
}
"""What is no refusal by a rule, but a word on how things stand."""


def heard(message: Message, language: Language) -> set[Against]:
    """Which reasons a refusal may mean; that it is one whole sentence after another is asserted."""
    text = render(message).text
    assert text
    assert len(text) <= 3_900
    assert not re.search(r"[{}]|None|Spans\(|！", re.sub(r"<!date[^>]*>", "", text)), text
    assert bool(re.search(r"[\u4e00-\u9fff]", text)) is (language == "zh"), text
    reason = reason_of(message, language)
    if reason is None:
        return _OTHERS
    if reason not in _WITHOUT_RULE:
        assert re.search(r"（规则 \w+[），]|\(rule: \w+[),]|BOT_ADMINS", text), text
    if reason not in _LONELY | _OWN_HANDS:
        helpers = re.findall(r"<@U\d>|<!subteam\^S\d>", text)
        assert helpers or "BOT_ADMINS" in text or re.search("没有其他人|Nobody else", text), text
    return REASONS[reason]


def reason_of(message: Message, language: Language) -> Reason | None:
    """The reason that the first line gives, where it is a refusal's."""
    said = plain(message.lines[0])
    return next((reason for reason, pattern in _sentences(language) if pattern.fullmatch(said)), None)


@cache
def _sentences(language: Language) -> list[tuple[Reason, re.Pattern[str]]]:
    found = []
    for reason in REASONS:
        verdict = Verdict(allowed=False, reason=reason, rule=_ANY_RULE, about=(_ANY,), limit=_LIMIT)
        sentence = re.escape(plain(what(verdict, language, REGIONS)))
        pattern = (
            sentence.replace(re.escape(_ANY), ".*").replace(str(_LIMIT), r"\d+").replace(_ANY_RULE, r"\w+")
        )
        found.append((reason, re.compile(pattern)))
    return found
