"""What channels allow, now and at any date before."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import audit, permissions
from store.database import Database
from store.permissions import Key
from tests.store.rows import NOW, at_once

_HERE = Key("T1", "C1")
_MINUTE = timedelta(minutes=1)


def _put(
    database: Database, rule: dict[str, Any] | None, *, key: Key = _HERE, by: str = "U1", at: datetime = NOW
) -> bool:
    with database.transaction() as tx:
        return permissions.put(tx, key, rule, by=by, at=at)


def _current(database: Database, key: Key = _HERE) -> dict[str, Any] | None:
    with database.reading() as tx:
        found = permissions.current(tx, key)
    return found.rule if found else None


def _everything(database: Database, at: datetime | None = None) -> dict[str, dict[str, Any]]:
    with database.reading() as tx:
        rows = permissions.everything(tx, at=at)
    assert len({(row.team, row.channel) for row in rows}) == len(rows)
    return {row.channel: row.rule for row in rows}


def test_an_unknown_channel_allows_nothing(database: Database) -> None:
    assert _current(database) is None
    assert _everything(database) == {}


def test_a_rule_holds_from_when_it_is_put_until_the_next(database: Database) -> None:
    assert _put(database, {"approvals": 1}) is True
    assert _put(database, {"approvals": 2}, at=NOW + _MINUTE) is True
    assert _current(database) == {"approvals": 2}
    assert _everything(database, NOW - timedelta(microseconds=1)) == {}
    assert _everything(database, NOW) == {"C1": {"approvals": 1}}
    assert _everything(database, NOW + _MINUTE - timedelta(microseconds=1)) == {"C1": {"approvals": 1}}
    assert _everything(database, NOW + _MINUTE) == {"C1": {"approvals": 2}}


def test_putting_what_holds_already_changes_nothing(database: Database) -> None:
    _put(database, {"approvals": 1})
    assert _put(database, {"approvals": 1}, at=NOW + _MINUTE) is False
    assert _put(database, None, key=Key("T1", "C9")) is False
    with database.reading() as tx:
        assert [e.kind for e in audit.entries(tx)] == ["permissions"]


def test_a_forgotten_channel_allows_nothing_but_its_past_stays_known(database: Database) -> None:
    _put(database, {"approvals": 1})
    assert _put(database, None, by="U2", at=NOW + _MINUTE) is True
    assert _current(database) is None
    assert _everything(database) == {}
    assert _everything(database, NOW) == {"C1": {"approvals": 1}}
    assert _put(database, {"approvals": 3}, at=NOW + 2 * _MINUTE) is True
    assert _everything(database, NOW + _MINUTE) == {}


def test_channels_are_told_apart_by_workspace_too(database: Database) -> None:
    _put(database, {"approvals": 1})
    _put(database, {"approvals": 2}, key=Key("T2", "C1"))
    _put(database, {"approvals": 3}, key=Key("T1", "C2"))
    assert (_current(database), _current(database, Key("T2", "C1"))) == ({"approvals": 1}, {"approvals": 2})
    with database.reading() as tx:
        assert [(r.team, r.channel) for r in permissions.everything(tx)] == [
            ("T1", "C1"),
            ("T1", "C2"),
            ("T2", "C1"),
        ]
        assert [r.team for r in permissions.everything(tx, channel="C1")] == ["T1", "T2"]


def test_who_changed_a_channel_since_is_known_also_when_they_only_ended_a_rule(database: Database) -> None:
    _put(database, {"approvals": 1}, by="U1")
    _put(database, None, by="U2", at=NOW + _MINUTE)
    with database.reading() as tx:
        assert permissions.changed_since(tx, _HERE, "U1", NOW) is True
        assert permissions.changed_since(tx, _HERE, "U1", NOW + timedelta(microseconds=1)) is False
        assert permissions.changed_since(tx, _HERE, "U2", NOW + _MINUTE) is True
        assert permissions.changed_since(tx, _HERE, "U3", NOW) is False
        assert permissions.changed_since(tx, Key("T1", "C2"), "U1", NOW) is False


def test_writers_at_once_leave_one_current_rule_and_all_in_the_trail(database: Database) -> None:
    results = at_once(*(lambda n=n: _put(database, {"approvals": n}, by=f"U{n}") for n in range(1, 5)))
    assert results == [True] * 4
    assert len(_everything(database)) == 1
    with database.reading() as tx:
        changes = [entry.data for entry in audit.entries(tx)]
    assert [change["before"] for change in changes] == [None, *(change["after"] for change in changes[:-1])]
    assert _current(database) == changes[-1]["after"]


def test_a_change_is_in_the_trail_with_before_and_after(database: Database) -> None:
    _put(database, {"approvals": 1}, by="file")
    _put(database, None, at=NOW + _MINUTE)
    with database.reading() as tx:
        trail = [(e.kind, e.actor, e.team, e.channel, e.data) for e in audit.entries(tx)]
    assert trail == [
        ("permissions", "file", "T1", "C1", {"before": None, "after": {"approvals": 1}}),
        ("permissions", "U1", "T1", "C1", {"before": {"approvals": 1}, "after": None}),
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.integers(-5, 5), st.one_of(st.none(), st.integers(0, 3))), min_size=1, max_size=6
    )
)
def test_at_every_moment_one_rule_holds_at_most_whatever_the_replicas_clocks_say(
    sqlite_url: str, changes: list[tuple[int, int | None]]
) -> None:
    database = Database(sqlite_url)
    key = Key("T1", f"C{hash(tuple(changes))}")
    for minute, approvals in changes:
        rule = None if approvals is None else {"approvals": approvals}
        _put(database, rule, key=key, at=NOW + minute * _MINUTE)
    with database.reading() as tx:
        for minute in range(-6, 7):
            held = permissions.everything(tx, at=NOW + minute * _MINUTE, channel=key.channel)
            assert len(held) <= 1
    last = changes[-1][1]
    assert _current(database, key) == (None if last is None else {"approvals": last})
    database.close()


@pytest.mark.parametrize(
    "rule", [{"images": ["img-*", "name:网页-*"], "self_approval": False, "approvals": 0}]
)
def test_a_rule_comes_back_as_it_was_put(database: Database, rule: dict[str, Any]) -> None:
    _put(database, rule)
    assert _current(database) == rule
