"""Checks JD Cloud's request signatures, as its gateway would; written apart from the client's signing on purpose."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_plus

from bot.demo.jdcloud.rows import Refusal, refusal

_WINDOW = timedelta(minutes=15)
_AUTHORIZATION = re.compile(
    r"(?P<version>JDCLOUD[23])-HMAC-SHA256 "
    r"Credential=(?P<access_key>[^/ ,]+)/(?P<day>\d{8})/(?P<region>[^/ ,]+)/(?P<service>[^/ ,]+)/(?P<end>\w+), ?"
    r"SignedHeaders=(?P<signed>[^, ]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
# The documentation demands these three (Authorization-Rules.md); the SDK signs only host by itself.
_MUST_BE_SIGNED = {"host", "x-jdcloud-date", "x-jdcloud-nonce"}


@dataclass(frozen=True)
class Wire:
    """A request as it came over the wire: path and query still encoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Claim:
    """What an Authorization header says about itself; `version` is `JDCLOUD2` or `JDCLOUD3`."""

    version: str
    access_key: str
    day: str
    region: str
    service: str
    end: str
    signed: tuple[str, ...]
    signature: str

    @classmethod
    def read(cls, authorization: str) -> "Claim | None":
        found = _AUTHORIZATION.fullmatch(authorization)
        if found is None:
            return None
        parts = found.groupdict()
        signed = tuple(parts.pop("signed").split(";"))
        return cls(**parts, signed=signed)


class Verifier:
    """Knows one pair of keys, the time, and the nonces of the last while."""

    def __init__(self, access_key: str, secret_key: str, now: Callable[[], datetime]) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._now = now
        self._nonces: dict[str, datetime] = {}

    def check(self, wire: Wire, *, service: str, region: str) -> None:
        """Let the request pass.

        Args:
            service: the one that the request is for, `vm` or `disk`.
            region: the one that the path names.

        Raises:
            Refusal: 401 ACCESS_ERROR. The words for a stale date and a repeated nonce are made up.
        """
        if "authorization" not in wire.headers:
            raise Refusal(401, "ACCESS_ERROR", "lack of header authorization[gw]")
        claim = Claim.read(wire.headers["authorization"])
        if claim is None or not self._right(wire, claim, (self._access_key, region, service)):
            raise refusal("unauthenticated")
        self._fresh(wire.headers)

    def _right(self, wire: Wire, claim: Claim, wanted: tuple[str, str, str]) -> bool:
        return (
            (claim.access_key, claim.region, claim.service) == wanted
            and claim.end == f"{claim.version.lower()}_request"
            and set(claim.signed) >= _MUST_BE_SIGNED
            and all(name in wire.headers for name in claim.signed)
            and wire.headers["x-jdcloud-date"].startswith(claim.day)
            and wire.headers.get("x-jdcloud-content-sha256", _sha256(wire.body)) == _sha256(wire.body)
            and hmac.compare_digest(signature(wire, claim, self._secret_key), claim.signature)
        )

    def _fresh(self, headers: Mapping[str, str]) -> None:
        now, nonce = self._now(), headers["x-jdcloud-nonce"]
        at = _date(headers["x-jdcloud-date"])
        if at is None or abs(now - at) > _WINDOW:
            raise Refusal(401, "ACCESS_ERROR", "x-jdcloud-date is expired [gw]")
        # A request dated ahead stays good for up to two windows from now, so its nonce is kept as long.
        self._nonces = {old: seen for old, seen in self._nonces.items() if now - seen <= 2 * _WINDOW}
        if nonce in self._nonces:
            raise Refusal(401, "ACCESS_ERROR", "x-jdcloud-nonce is repeated [gw]")
        self._nonces[nonce] = now


def canonical(wire: Wire, signed: tuple[str, ...]) -> str:
    """The text that stands for the request (SDK core/signer.py; Authorization-Rules.md)."""
    headers = "".join(f"{name}:{_header(wire, name)}\n" for name in signed)
    return "\n".join(
        [wire.method, _path(wire.path), _query(wire.query), headers, ";".join(signed), _sha256(wire.body)]
    )


def signature(wire: Wire, claim: Claim, secret_key: str) -> str:
    """The signature that the request should carry, in hexadecimal."""
    scope = f"{claim.day}/{claim.region}/{claim.service}/{claim.end}"
    text = "\n".join(
        [
            f"{claim.version}-HMAC-SHA256",
            wire.headers["x-jdcloud-date"],
            scope,
            _sha256(canonical(wire, claim.signed).encode()),
        ]
    )
    key = (claim.version + secret_key).encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    return _hmac(key, text).hex()


def _header(wire: Wire, name: str) -> str:
    value = wire.headers[name].strip()
    return re.sub(r":(80|443)$", "", value) if name == "host" else value


def _path(path: str) -> str:
    decoded = re.sub("/+", "/", unquote_plus(path))
    return quote("/" + decoded.removeprefix("/"), safe="/~")


def _query(query: str) -> str:
    pairs = (item.partition("=") for item in query.split("&"))
    encoded = sorted((_encoded(key), _encoded(value)) for key, equals, value in pairs if key and equals)
    return "&".join(f"{key}={value}" for key, value in encoded)


def _encoded(text: str) -> str:
    return quote(unquote_plus(text), safe="~")


def _date(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
