"""A stand-in for JD Cloud over real HTTP, for the demo and for end-to-end tests."""

from bot.demo.jdcloud.answering import Call
from bot.demo.jdcloud.faults import Fault
from bot.demo.jdcloud.images import Image
from bot.demo.jdcloud.rows import Row, rows
from bot.demo.jdcloud.standin import CloudStandIn

__all__ = ["Call", "CloudStandIn", "Fault", "Image", "Row", "rows"]
