"""A cloud on the loopback, and a client of it."""

from collections.abc import AsyncIterator

import pytest

from commands.clouds.jdcloud.client import JDCloud
from tests.commands.clouds.loopback import Loopback, client_of, loopback


@pytest.fixture
async def cloud() -> AsyncIterator[Loopback]:
    async with loopback() as running:
        yield running


@pytest.fixture
async def client(cloud: Loopback) -> AsyncIterator[JDCloud]:
    async with client_of(cloud.url) as made:
        yield made
