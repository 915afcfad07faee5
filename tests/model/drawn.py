"""What stories are made of: who, what, where, how long, and what the cloud does."""

from typing import Any

from hypothesis import strategies as st

from commands.clouds.cloud import Fault
from commands.rule import Rule
from tests.model.cloud import NAMES
from tests.model.fates import FATES
from tests.model.gates import Gate
from tests.model.world import DESTINATIONS

_REQUESTERS, _APPROVERS = ("U1", "U2"), ("U2", "U3", "U4")
STANDING = Rule(
    destination_regions=list(DESTINATIONS),
    request=["everyone"],
    approve=list(_APPROVERS),
    approvals=0,
    remind_after="0",
)
RULES: dict[str, dict[str, Any]] = {
    "nobody is asked": {},
    "one is asked": {"approvals": 1},
    "two are asked": {"approvals": 2},
    "fewer may approve": {"approvals": 1, "approve": ["U3"]},
    "only one may request": {"request": ["U1"]},
    "only one destination": {"destination_regions": [DESTINATIONS[0]]},
}
"""What the channel allows, as it differs from `STANDING`."""

which = st.integers(0, 7)
workers = st.integers(1, 2)
requesters, approvers = st.sampled_from(_REQUESTERS), st.sampled_from(_APPROVERS)
somebody = st.sampled_from(sorted({*_REQUESTERS, *_APPROVERS}))
images = st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=2, unique=True)
destinations = st.lists(st.sampled_from(DESTINATIONS), min_size=1, max_size=2, unique=True)
fates = st.sampled_from(sorted(FATES))
waits_s = st.sampled_from([0, 1, 6, 13, 26, 31, 61, 700])
moments = st.sampled_from([Gate.WRITE, Gate.ANSWER, Gate.LOOKED])
troubles = st.sampled_from([Fault.SERVER, Fault.LOST, Fault.RATE_LIMIT, Fault.FORBIDDEN])
