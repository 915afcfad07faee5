"""Signs a request the way JD Cloud's gateway checks it: HMAC-SHA256 over a canonical form of the request.

Source: the official SDKs (Python and Node for JDCLOUD3, Go for JDCLOUD2); both are accepted and differ only
in their prefixes.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import SplitResult, quote, unquote_plus, urlsplit

Algorithm = Literal["JDCLOUD3", "JDCLOUD2"]

_PREFIX = "x-jdcloud-"
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def sign(  # noqa: PLR0913 -- every part of a request is signed, each named by the caller
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | str,
    access_key: str,
    secret_key: str,
    service: str,
    region: str,
    at: datetime,
    nonce: str,
    algorithm: Algorithm = "JDCLOUD3",
) -> dict[str, str]:
    """The headers to send: those given, plus `x-jdcloud-date`, `x-jdcloud-nonce` and `Authorization`.

    Signed are host (always the URL's), `Content-Type` and every `x-jdcloud-*` header; the latter are sent in
    lower case. A date, nonce or authorization among the given headers is replaced.

    `x-jdcloud-content-sha256` is not added: the gateway takes its value, where present, instead of hashing the
    body it received, so leaving it out is what binds the signature to the body. Neither is
    `x-jdcloud-algorithm`: no official SDK sends it, and `Authorization` begins with the algorithm's name.

    Args:
        url: as sent, with its query.
        service: `vm`, `disk`, …
        region: the region in the path: for a copy, the source.
        at: the time of signing, aware; the gateway compares it with its own clock.
        nonce: never used before with this key.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {
        name.lower() if name.lower().startswith(_PREFIX) else name: value
        for name, value in headers.items()
        if name.lower() != "authorization"
    }
    sent |= {"x-jdcloud-date": stamp, "x-jdcloud-nonce": nonce}
    canonical, signed_headers = canonical_request(method=method, url=url, headers=sent, body=body)
    scope = f"{stamp[:8]}/{region}/{service}/{algorithm.lower()}_request"
    key = signing_key(algorithm, secret_key, stamp[:8], region, service)
    signature = _hmac(key, string_to_sign(canonical, stamp=stamp, scope=scope, algorithm=algorithm)).hex()
    sent["Authorization"] = (
        f"{algorithm}-HMAC-SHA256 Credential={access_key}/{scope}, "
        f"SignedHeaders={signed_headers}, Signature={signature}"
    )
    return sent


def canonical_request(
    *, method: str, url: str, headers: Mapping[str, str], body: bytes | str
) -> tuple[str, str]:
    """The request in the form that is hashed, and the names of the headers in it, joined with `;`."""
    parts = urlsplit(url)
    signed = {
        name.lower(): value.strip()
        for name, value in headers.items()
        if name.lower() == "content-type" or name.lower().startswith(_PREFIX)
    }
    signed["host"] = _host(parts)
    names = ";".join(sorted(signed))
    data = body.encode() if isinstance(body, str) else body
    lines = [
        method.upper(),
        _path(parts.path),
        _query(parts.query),
        *(f"{name}:{signed[name]}" for name in sorted(signed)),
        "",
        names,
        hashlib.sha256(data).hexdigest(),
    ]
    return "\n".join(lines), names


def string_to_sign(canonical: str, *, stamp: str, scope: str, algorithm: Algorithm) -> str:
    """What is signed; `stamp` is the time as `yyyymmddThhmmssZ`, `scope` is `day/region/service/…_request`."""
    return "\n".join(
        (f"{algorithm}-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest())
    )


@lru_cache(maxsize=32)
def signing_key(algorithm: Algorithm, secret_key: str, day: str, region: str, service: str) -> bytes:
    """The key of one day (`yyyymmdd`, UTC), region and service: four rounds of HMAC, so worth keeping."""
    key = _hmac(f"{algorithm}{secret_key}".encode(), day)
    for part in (region, service, f"{algorithm.lower()}_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _host(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2]
    return host.removesuffix(_DEFAULT_PORTS.get(parts.scheme, "\n"))


def _path(path: str) -> str:
    # Decoded and encoded anew, so that `:` and `%3A` on the wire are signed alike.
    decoded = re.sub("/+", "/", "/" + unquote_plus(path))
    return quote(decoded, safe="/~")


def _query(query: str) -> str:
    pairs = (item.split("=", 1) for item in query.split("&") if "=" in item)
    encoded = sorted((_encode(name), _encode(value)) for name, value in pairs if name)
    return "&".join(f"{name}={value}" for name, value in encoded)


def _encode(text: str) -> str:
    return quote(unquote_plus(text), safe="~")
