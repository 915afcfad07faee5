"""What is remembered, as tables; no behaviour."""

from store.tables.audience import Audience
from store.tables.channels import ChannelInfo, ChannelMembers, ChannelRule, FormerChannel, Person, UserGroup
from store.tables.columns import LONG_AGO
from store.tables.messages import Listing, Notice, Post
from store.tables.requests import Approval, Call, Copy, Problem, Request
from store.tables.trail import Event, Flag

__all__ = [
    "LONG_AGO",
    "Approval",
    "Audience",
    "Call",
    "ChannelInfo",
    "ChannelMembers",
    "ChannelRule",
    "Copy",
    "Event",
    "Flag",
    "FormerChannel",
    "Listing",
    "Notice",
    "Person",
    "Post",
    "Problem",
    "Request",
    "UserGroup",
]
