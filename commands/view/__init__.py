"""The thread of a request as a pure function of what the store knows of it."""

from commands.view.part import Part
from commands.view.thread import parts

__all__ = ["Part", "parts"]
