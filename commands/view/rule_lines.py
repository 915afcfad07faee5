"""By which rule of the channel a request was let in, and what that means for whoever approves it."""

from collections.abc import Sequence

from commands import confirm, names
from commands.clouds.cloud import Region
from commands.permissions import image_allowed
from commands.rule import Rule, load
from commands.text import Language, Line, Text
from store.tables import Request

_RULE = Text(
    "依据此频道的规则：{people} 可以申请复制 {images} 到 {regions}",
    "By this channel's rule, {people} may request copies of {images} to {regions}",
)
_CONFIRM = Text(
    "最后一位审批人须输入目标地域的 ID：{regions}",
    "The last approver is asked to type the destination's id: {regions}",
)


def rule_lines(request: Request, regions: Sequence[Region], language: Language) -> list[Line]:
    """The rule as it was at the request: of its lists only what this request needs."""
    rule = load(request.rule)
    lines = [
        _RULE.line(
            language,
            "context",
            people=names.people(rule.request, language),
            images=names.codes(language, _patterns(rule, request)),
            regions=names.region_list(regions, request.destinations, language),
        )
    ]
    if to_type := confirm.to_type(rule, request.destinations):
        lines.append(_CONFIRM.line(language, regions=names.region_list(regions, to_type, language)))
    return lines


def _patterns(rule: Rule, request: Request) -> list[str]:
    """Those that allow one of its images."""
    found = {image: str(facts.get("name") or "") for image, facts in request.facts.items()}
    return [
        pattern
        for pattern in rule.images
        if any(
            image_allowed(rule.model_copy(update={"images": [pattern]}), image, found.get(image, ""))
            for image in request.images
        )
    ]
