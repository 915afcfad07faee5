"""The words a command line is made of, in both languages; regions come from the settings."""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum, auto

from commands.clouds.cloud import Region
from commands.states import NAMES
from commands.words.normal import normalise
from store.lifecycle import State


class Kind(Enum):
    """What a word is."""

    VERB = auto()
    TO = auto()
    FROM = auto()
    BECAUSE = auto()
    AND = auto()
    VERIFY = auto()
    MINE = auto()
    ALL = auto()
    LAST = auto()
    STATE = auto()  # value: states, separated by commas
    RIGHT = auto()
    REGION = auto()  # value: the region's id
    EVERYONE = auto()
    # Not from a list, but by their shape.
    IMAGE = auto()
    REQUEST = auto()
    PERSON = auto()  # value: U… or W…
    GROUP = auto()  # value: S…
    NAME = auto()  # `@name` that did not become a mention
    DURATION = auto()  # value: seconds
    UNKNOWN = auto()


Meaning = tuple[Kind, str]

_WORDS: dict[Meaning, tuple[str, ...]] = {
    (Kind.VERB, "history"): ("history", "历史"),
    (Kind.VERB, "status"): ("status", "状态"),
    (Kind.VERB, "cancel"): ("cancel", "取消", "撤回", "撤销"),
    (Kind.VERB, "retry"): ("retry", "重试"),
    (Kind.VERB, "permissions"): ("permissions", "权限"),
    (Kind.VERB, "grant"): ("grant", "授权"),
    (Kind.VERB, "revoke"): ("revoke", "收回"),
    (Kind.VERB, "why"): ("why", "为什么"),
    (Kind.VERB, "emergency"): ("emergency", "紧急"),
    (Kind.VERB, "pause"): ("pause", "暂停"),
    (Kind.VERB, "resume"): ("resume", "恢复"),
    (Kind.VERB, "audit"): ("audit", "审计"),
    (Kind.VERB, "help"): ("help", "帮助"),
    (Kind.TO, "to"): ("to", "到", "至"),
    (Kind.FROM, "from"): ("from", "从", "自"),
    (Kind.BECAUSE, "because"): ("because", "因为"),
    (Kind.BECAUSE, "reason"): ("reason", "原因"),
    (Kind.AND, "and"): ("and", "和"),
    (Kind.VERIFY, "verify"): ("verify", "验证", "校验"),
    (Kind.MINE, "mine"): ("mine", "我的"),
    (Kind.ALL, "all"): ("all", "全部"),
    (Kind.LAST, "last"): ("last", "最近"),
    (Kind.RIGHT, "request"): ("request", "申请"),
    (Kind.RIGHT, "approve"): ("approve", "批准", "审批"),
    (Kind.RIGHT, "admin"): ("admin", "管理"),
    (Kind.EVERYONE, "everyone"): ("everyone", "所有人", "@everyone", "@所有人", "<!everyone>"),
    (Kind.STATE, "cancelled"): ("canceled", "已取消"),
    # What the card and the history call these where the state's own name says too little.
    (Kind.STATE, "copying"): ("确认中", "checking the outcome"),
    (Kind.STATE, "invalid"): ("已有副本", "copied before"),
}

_STATE_ORDER = {state.value: place for place, state in enumerate(State)}


def phrases(regions: Sequence[Region]) -> dict[str, Meaning]:
    """Every phrase of the language, in lower case, and what it means."""
    ids = {region.id.lower(): (Kind.REGION, region.id) for region in regions}
    words = {phrase: meaning for meaning, spelt in _WORDS.items() for phrase in spelt}
    return dict(_names(regions)) | ids | dict(_states()) | words


def _states() -> Iterator[tuple[str, Meaning]]:
    """Values and names; `copying`, the value of one state and the name of the next, means both."""
    named: dict[str, list[str]] = {}
    for state, name in NAMES.items():
        for phrase in dict.fromkeys((state.value, name.zh, name.en.lower())):
            named.setdefault(phrase, []).append(state.value)
    return ((phrase, (Kind.STATE, ",".join(states))) for phrase, states in named.items())


def _names(regions: Sequence[Region]) -> Iterator[tuple[str, Meaning]]:
    """Names of one region only: one shared by two would copy to a place nobody named."""
    named = dict.fromkeys((name, region.id) for region in regions for name in _spelt(region))
    shared = Counter(name for name, _ in named)
    return ((name, (Kind.REGION, region_id)) for name, region_id in named if shared[name] == 1)


def _spelt(region: Region) -> Iterator[str]:
    """Its full names and its cities': `华东-上海` and `上海`."""
    for name in (normalise(region.zh).text.strip(), normalise(region.en).text.strip()):
        if name and name != region.id.lower():
            yield name
            city = name.rpartition("-")[2].strip()
            yield from [city] if city else []


def in_order(states: set[str]) -> tuple[str, ...]:
    """The states in the order of a request's life."""
    return tuple(sorted(states, key=_STATE_ORDER.__getitem__))
