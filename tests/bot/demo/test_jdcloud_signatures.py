"""The stand-in lets rightly signed requests in and no others."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.demo.jdcloud.rows import Refusal
from bot.demo.jdcloud.verify import Claim, Verifier, Wire, canonical, signature
from tests.bot.demo.jdcloud_caller import calling, refused

_FILE = Path(__file__).parents[2] / "commands" / "clouds" / "signing_vectors.json"
_VECTORS: dict[str, dict[str, Any]] = {
    f"{version}-{vector['name']}": vector
    for version in ("jdcloud3", "jdcloud2")
    for vector in json.loads(_FILE.read_text(encoding="utf-8"))[version]
}
_DATE_SIGNED = [name for name, vector in _VECTORS.items() if vector["mode"] == "signed-date"]
_DATE_NOT_SIGNED = sorted(_VECTORS.keys() - set(_DATE_SIGNED))
_WRONG = (401, "ACCESS_ERROR", "sign result is not same [gw]")


def _wire(vector: dict[str, Any]) -> Wire:
    url = urlsplit(vector["output"]["url_on_the_wire"])
    headers = {"Host": url.netloc} | vector["output"]["headers_sent"]
    return Wire(
        method=vector["input"]["method"],
        path=url.path,
        query=url.query,
        headers={name.lower(): value for name, value in headers.items()},
        body=vector["input"]["body"].encode(),
    )


def _door(name: str) -> Callable[[], None]:
    """The check of this vector's request, at its time and with its keys."""
    asked = _VECTORS[name]["input"]
    at = datetime.strptime(asked["date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    verifier = Verifier(asked["access_key"], asked["secret_key"], lambda: at)
    return lambda: verifier.check(_wire(_VECTORS[name]), service=asked["service"], region=asked["region"])


@pytest.mark.parametrize("name", _VECTORS)
def test_it_arrives_at_the_signature_of_the_vendors_sdk(name: str) -> None:
    vector = _VECTORS[name]
    wire = _wire(vector)
    claim = Claim.read(wire.headers["authorization"])

    assert claim is not None
    assert canonical(wire, claim.signed) == vector["output"]["canonical_request"]
    assert signature(wire, claim, vector["input"]["secret_key"]) == vector["output"]["signature"]


@pytest.mark.parametrize("name", _DATE_SIGNED)
def test_a_vector_that_signs_date_and_nonce_is_let_in_once(name: str) -> None:
    check = _door(name)

    check()

    with pytest.raises(Refusal, match="401 ACCESS_ERROR x-jdcloud-nonce is repeated"):
        check()


@pytest.mark.parametrize("name", _DATE_NOT_SIGNED)
def test_a_vector_that_leaves_the_date_unsigned_is_not_let_in(name: str) -> None:
    with pytest.raises(Refusal, match="401 ACCESS_ERROR sign result is not same"):
        _door(name)()


async def test_a_request_signed_by_the_vendors_sdk_is_let_in() -> None:
    async with calling() as caller:
        answer = await caller.send(
            "GET", "images", query={"imageSource": "private", "imageName": "网 a+b&c=d~*"}
        )

        assert answer.status_code == 200
        assert answer.headers["x-jdcloud-request-id"] == answer.json()["requestId"]


async def test_a_colon_on_the_wire_may_be_encoded() -> None:
    async with calling() as caller:
        answer = await caller.send("POST", "images%3AcopyImages", body={"sourceImageIds": ["img-a"]})

        assert refused(answer) == (400, "INVALID_ARGUMENT", "Invalid region 'None'")


async def test_the_snapshot_quota_is_signed_for_disk_and_the_image_quota_for_vm() -> None:
    async with calling() as caller:
        vm = {"filters.1.name": "resourceTypes", "filters.1.values.1": "image"}
        disk = {"type": "snapshot"}

        assert (await caller.send("GET", "quotas", query=vm, service="vm")).status_code == 200
        assert (await caller.send("GET", "quotas", query=disk, service="disk")).status_code == 200
        assert refused(await caller.send("GET", "quotas", query=vm, service="disk")) == _WRONG
        assert refused(await caller.send("GET", "quotas", query=disk, service="vm")) == _WRONG


async def test_an_unsigned_request_is_told_so() -> None:
    async with calling() as caller:
        answer = await caller.http.get(f"{caller.cloud.url}/v1/regions/cn-north-1/images")

        assert refused(answer) == (401, "ACCESS_ERROR", "lack of header authorization[gw]")


@pytest.mark.parametrize(
    "signing",
    [{"secret_key": "another"}, {"sign_date": False}, {"service": "sts"}],
    ids=["wrong secret", "date not signed", "wrong service"],
)
async def test_a_wrongly_signed_request_has_no_effect(signing: dict[str, Any]) -> None:
    async with calling() as caller:
        answer = await caller.send("DELETE", "images/img-a", **signing)

        assert refused(answer) == _WRONG
        assert [(call.operation, call.status, call.accepted) for call in caller.cloud.calls] == [
            ("deleteImage", 401, False)
        ]


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("host", "elsewhere.example"),
        ("content-type", "text/plain"),
        ("x-jdcloud-date", "20260115T083001Z"),
        ("x-jdcloud-nonce", "another"),
        ("x-jdcloud-content-sha256", "0" * 64),
        ("authorization", "Basic dGVzdDp0ZXN0"),
    ],
)
async def test_a_header_changed_after_signing_is_noticed(changed: str, value: str) -> None:
    async with calling() as caller:
        url = f"{caller.cloud.url}/v1/regions/cn-north-1/images?imageSource=private"
        headers = {name.lower(): text for name, text in caller.signed("GET", url, "").items()}

        answer = await caller.http.get(url, headers=headers | {changed: value})

        assert refused(answer) == _WRONG


@pytest.mark.parametrize(
    ("url", "content"),
    [("/v1/regions/cn-east-2/images:copyImages", "{}"), ("/v1/regions/cn-north-1/images:copyImages", "{} ")],
    ids=["path", "body"],
)
async def test_another_path_or_body_than_the_signed_one_is_noticed(url: str, content: str) -> None:
    async with calling() as caller:
        headers = caller.signed("POST", f"{caller.cloud.url}/v1/regions/cn-north-1/images:copyImages", "{}")
        del headers["x-jdcloud-content-sha256"]

        answer = await caller.http.post(caller.cloud.url + url, content=content, headers=headers)

        assert refused(answer) == _WRONG


async def test_the_day_of_the_key_is_that_of_the_date() -> None:
    async with calling() as caller:
        url = f"{caller.cloud.url}/v1/regions/cn-north-1/images?imageSource=private"
        headers = {name.lower(): text for name, text in caller.signed("GET", url, "").items()}
        host = urlsplit(url).netloc
        wire = Wire(
            "GET", "/v1/regions/cn-north-1/images", "imageSource=private", headers | {"host": host}, b""
        )
        claim = Claim.read(headers["authorization"])
        assert claim is not None
        stale = replace(claim, day="20260114")
        forged = (
            headers["authorization"]
            .replace("20260115/", "20260114/")
            .replace(claim.signature, signature(wire, stale, caller.cloud.secret_key))
        )

        answer = await caller.http.get(url, headers=headers | {"authorization": forged})

        assert refused(answer) == _WRONG


@pytest.mark.parametrize(("minutes", "status"), [(-16, 401), (-15, 200), (15, 200), (16, 401)])
async def test_a_date_may_be_a_quarter_of_an_hour_off(minutes: int, status: int) -> None:
    async with calling() as caller:
        date = (caller.clock() + timedelta(minutes=minutes)).strftime("%Y%m%dT%H%M%SZ")

        answer = await caller.send("GET", "images", query={"imageSource": "private"}, date=date)

        assert answer.status_code == status


async def test_a_nonce_counts_once_even_for_different_requests() -> None:
    async with calling() as caller:
        first = await caller.send("GET", "images", query={"imageSource": "private"}, nonce="n-1")
        second = await caller.send("GET", "images", query={"imageSource": "public"}, nonce="n-1")

        assert first.status_code == 200
        assert refused(second) == (401, "ACCESS_ERROR", "x-jdcloud-nonce is repeated [gw]")
