"""A stand-in for Slack that speaks its real protocols, for the demo and the end-to-end tests."""

from bot.demo.slack.acting import Reply
from bot.demo.slack.delivery import Ack, Delivered, Oddities, Unacknowledged, UnusableAnswer
from bot.demo.slack.messages import Message, Whisper
from bot.demo.slack.stand_in import SlackStandIn
from bot.demo.slack.web_api import ApiCall, Fault
from bot.demo.slack.workspace import Channel, Group, User, Workspace

__all__ = [
    "Ack",
    "ApiCall",
    "Channel",
    "Delivered",
    "Fault",
    "Group",
    "Message",
    "Oddities",
    "Reply",
    "SlackStandIn",
    "Unacknowledged",
    "UnusableAnswer",
    "User",
    "Whisper",
    "Workspace",
]
