"""The signer makes what the official SDKs make, without their bugs."""

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.clouds.jdcloud.signing import (
    Algorithm,
    canonical_request,
    sign,
    signing_key,
    string_to_sign,
)
from tests.commands.clouds.vendor import ACCESS_KEY, SECRET_KEY, vendor_authorization

Vector = dict[str, Any]
_ALL: dict[str, Any] = json.loads((Path(__file__).parent / "signing_vectors.json").read_text("utf-8"))
VECTORS = [
    pytest.param(algorithm, vector, id=f"{algorithm}-{vector['name']}")
    for algorithm in ("JDCLOUD3", "JDCLOUD2")
    for vector in _ALL[algorithm.lower()]
]
DATE_SIGNED = [one for one in VECTORS if one.values[1]["mode"] == "signed-date"]  # type: ignore[index] # a vector
AT = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)


def url_of(vector: Vector) -> str:
    given_in = vector["input"]
    query = f"?{given_in['query']}" if given_in["query"] else ""
    return f"{given_in['scheme']}://{given_in['host']}{given_in['path']}{query}"


def signed(**changes: Any) -> dict[str, str]:
    arguments: dict[str, Any] = {
        "method": "GET",
        "url": "https://vm.jdcloud-api.com/v1/regions/cn-north-1/images?pageSize=100",
        "headers": {"Content-Type": "application/json"},
        "body": b"",
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "service": "vm",
        "region": "cn-north-1",
        "at": AT,
        "nonce": "nonce-1",
    }
    return sign(**(arguments | changes))


def signature_of(headers: dict[str, str]) -> str:
    return headers["Authorization"].rpartition("Signature=")[2]


@pytest.mark.parametrize(("algorithm", "vector"), VECTORS)
def test_each_step_equals_the_official_signers(algorithm: Algorithm, vector: Vector) -> None:
    given_in, expected = vector["input"], vector["output"]
    canonical, names = canonical_request(
        method=given_in["method"], url=url_of(vector), headers=given_in["headers"], body=given_in["body"]
    )
    day, service, region = given_in["date"][:8], given_in["service"], given_in["region"]
    scope = f"{day}/{region}/{service}/{algorithm.lower()}_request"
    text = string_to_sign(canonical, stamp=given_in["date"], scope=scope, algorithm=algorithm)
    assert canonical == expected["canonical_request"]
    assert names == expected["signed_headers"]
    assert text == expected["string_to_sign"]


@pytest.mark.parametrize(("algorithm", "vector"), DATE_SIGNED)
def test_sign_makes_the_official_authorization_when_date_and_nonce_are_signed(
    algorithm: Algorithm, vector: Vector
) -> None:
    given_in = vector["input"]
    headers = sign(
        method=given_in["method"],
        url=url_of(vector),
        headers=given_in["headers"],
        body=given_in["body"].encode(),
        access_key=given_in["access_key"],
        secret_key=given_in["secret_key"],
        service=given_in["service"],
        region=given_in["region"],
        at=datetime.strptime(given_in["date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC),
        nonce=given_in["nonce"],
        algorithm=algorithm,
    )
    assert headers["Authorization"] == vector["output"]["authorization"]


_text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
_hosts = st.sampled_from(
    [
        "vm.jdcloud-api.com",
        "127.0.0.1:8080",
        "[::1]:8080",
        "disk.jdcloud-api.com:8443",
        "vm.jdcloud-api.com:443",
    ]
)


@settings(deadline=None)  # the machine may be busy
@given(
    host=_hosts,
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    segments=st.lists(_text, min_size=1, max_size=4),
    params=st.lists(st.tuples(_text.filter(bool), _text), max_size=5),
    body=_text,
    token=st.text("abc =/+", max_size=8),
    at=st.datetimes(datetime(2018, 1, 1), datetime(2038, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- the zone is beside it
    region=st.sampled_from(["cn-north-1", "cn-east-2", "jdcloud-api"]),
)
def test_signs_like_the_official_signer_whatever_is_asked(
    host: str,
    method: str,
    segments: list[str],
    params: list[tuple[str, str]],
    body: str,
    token: str,
    at: datetime,
    region: str,
) -> None:
    path = "/".join(quote(segment, safe=":") for segment in segments)
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in params)
    url = f"https://{host}/v1/{path}?{query}"
    given_headers = {"Content-Type": "application/json", "x-jdcloud-security-token": token}
    headers = signed(
        method=method, url=url, headers=given_headers, body=body.encode(), region=region, at=at, nonce="n-1"
    )
    to_sign = {
        "content-type": "application/json",
        "x-jdcloud-security-token": token,
        "x-jdcloud-date": at.strftime("%Y%m%dT%H%M%SZ"),
        "x-jdcloud-nonce": "n-1",
    }
    assert headers["Authorization"] == vendor_authorization(
        method=method, url=url, headers=to_sign, body=body, service="vm", region=region
    )


def test_sends_what_was_given_and_date_nonce_and_authorization() -> None:
    headers = signed(headers={"Content-Type": "application/json", "X-Other": "1"})
    assert headers.pop("Authorization").startswith(
        f"JDCLOUD3-HMAC-SHA256 Credential={ACCESS_KEY}/20260115/cn-north-1/vm/jdcloud3_request, "
        "SignedHeaders=content-type;host;x-jdcloud-date;x-jdcloud-nonce, Signature="
    )
    assert headers == {
        "Content-Type": "application/json",
        "X-Other": "1",
        "x-jdcloud-date": "20260115T083000Z",
        "x-jdcloud-nonce": "nonce-1",
    }


def test_header_names_in_any_case_are_signed_in_lower_case() -> None:
    odd = signed(headers={"CONTENT-type": "application/json", "X-JDCloud-Pin": "cGlu"})
    plain = signed(headers={"content-type": "application/json", "x-jdcloud-pin": "cGlu"})
    assert (
        "SignedHeaders=content-type;host;x-jdcloud-date;x-jdcloud-nonce;x-jdcloud-pin,"
        in odd["Authorization"]
    )
    assert signature_of(odd) == signature_of(plain)


def test_a_stale_date_or_authorization_among_the_headers_is_replaced() -> None:
    stale = {"Content-Type": "application/json", "X-Jdcloud-Date": "20200101T000000Z", "authorization": "old"}
    assert signed(headers=stale) == signed()


def test_without_content_type_only_host_date_and_nonce_are_signed() -> None:
    assert "SignedHeaders=host;x-jdcloud-date;x-jdcloud-nonce," in signed(headers={})["Authorization"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://vm.jdcloud-api.com/", "vm.jdcloud-api.com"),
        ("https://vm.jdcloud-api.com:443/", "vm.jdcloud-api.com"),
        ("http://vm.jdcloud-api.com:80/", "vm.jdcloud-api.com"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
        ("http://user:word@127.0.0.1:8080/", "127.0.0.1:8080"),
        ("https://[::1]:8443/", "[::1]:8443"),
    ],
)
def test_host_is_the_urls_with_its_port_unless_that_is_the_schemes_own(url: str, host: str) -> None:
    canonical, _ = canonical_request(method="GET", url=url, headers={"Host": "other"}, body=b"")
    assert canonical.split("\n")[3] == f"host:{host}"


def test_body_may_be_text_or_bytes() -> None:
    assert signed(body="镜像") == signed(body="镜像".encode())


def test_a_changed_body_changes_the_signature() -> None:
    assert signature_of(signed(body=b"{}")) != signature_of(signed(body=b"[]"))


def test_the_date_is_said_in_utc_whatever_the_zone_of_at() -> None:
    beijing = AT.astimezone(timezone(timedelta(hours=8)))
    assert signed(at=beijing)["x-jdcloud-date"] == "20260115T083000Z"


def test_the_key_of_another_day_is_another_key() -> None:
    first = signing_key("JDCLOUD3", SECRET_KEY, "20260115", "cn-north-1", "vm")
    second = signing_key("JDCLOUD3", SECRET_KEY, "20260116", "cn-north-1", "vm")
    assert first != second
    assert len(first) == len(second) == sha256().digest_size
