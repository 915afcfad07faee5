"""Calls the stand-in for JD Cloud as the vendor's SDK would: plain HTTP, signed by the SDK's own signer."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from jdcloud_sdk.core.credential import Credential  # type: ignore[import-untyped]  # it has no types
from jdcloud_sdk.core.logger import Logger  # type: ignore[import-untyped]  # it has no types
from jdcloud_sdk.core.signer import Signer  # type: ignore[import-untyped]  # it has no types

from bot.demo.jdcloud import CloudStandIn


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Caller:
    def __init__(self, cloud: CloudStandIn, http: httpx.AsyncClient, clock: Clock) -> None:
        self.cloud = cloud
        self.http = http
        self.clock = clock

    def signed(  # noqa: PLR0913 - what a signature is made of
        self,
        method: str,
        url: str,
        content: str,
        *,
        service: str = "vm",
        region: str = "cn-north-1",
        date: str | None = None,
        nonce: str | None = None,
        secret_key: str | None = None,
        sign_date: bool = True,
    ) -> dict[str, str]:
        """The request's headers, signed."""
        headers = {"Content-Type": "application/json"}
        if sign_date:
            headers["x-jdcloud-date"] = date or self.clock().strftime("%Y%m%dT%H%M%SZ")
            headers["x-jdcloud-nonce"] = nonce or str(uuid4())
        keys = Credential(self.cloud.access_key, secret_key or self.cloud.secret_key)
        Signer(Logger(0)).sign(method, service, region, url, headers, content, keys, None)
        return headers

    async def send(
        self,
        method: str,
        path: str,
        *,
        region: str = "cn-north-1",
        query: dict[str, str] | None = None,
        body: Any = None,
        **signing: Any,
    ) -> httpx.Response:
        url = f"{self.cloud.url}/v1/regions/{region}/{path}" + (f"?{urlencode(query)}" if query else "")
        content = "" if body is None else json.dumps(body)
        headers = self.signed(method, url, content, region=region, **signing)
        return await self.http.request(method, url, content=content, headers=headers)

    async def copy(self, *image_ids: str, to: str = "cn-east-2", **more: Any) -> httpx.Response:
        body = {"sourceImageIds": list(image_ids), "destinationRegion": to} | more
        return await self.send("POST", "images:copyImages", body=body)

    async def described(self, region: str, *image_ids: str) -> list[dict[str, Any]]:
        query = {f"ids.{number}": image_id for number, image_id in enumerate(image_ids, 1)}
        answer = await self.send("GET", "images", region=region, query=query)
        images: list[dict[str, Any]] = answer.json()["result"]["images"]
        return images


@asynccontextmanager
async def calling(**options: Any) -> AsyncIterator[Caller]:
    """A cloud that is up, with a clock of its own, and somebody to call it."""
    clock = Clock()
    async with CloudStandIn(now=clock, **options) as cloud, httpx.AsyncClient() as http:
        yield Caller(cloud, http, clock)


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    """HTTP status, the cloud's status text and message, of an answer whose envelope is right."""
    error = answer.json()["error"]
    assert answer.json().keys() == {"requestId", "error"}
    assert error["code"] == answer.status_code
    return answer.status_code, error["status"], error["message"]
