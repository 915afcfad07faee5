"""The official SDK's signer, as the oracle of ours."""

import warnings
from collections.abc import Mapping

with warnings.catch_warnings():
    # Newer Pythons object to escapes in the SDK's sources when they compile it.
    warnings.simplefilter("ignore")
    from jdcloud_sdk.core.credential import Credential  # type: ignore[import-untyped] # it has no types
    from jdcloud_sdk.core.logger import Logger  # type: ignore[import-untyped] # likewise
    from jdcloud_sdk.core.signer import Signer  # type: ignore[import-untyped] # likewise

ACCESS_KEY = "TESTAK0123456789ABCDEF0123456789"
SECRET_KEY = "TESTSK0123456789abcdef0123456789"


def vendor_authorization(
    *, method: str, url: str, headers: Mapping[str, str], body: str, service: str, region: str
) -> str:
    """What the SDK would send as Authorization; `headers` are those to sign, lower-case."""
    signed = dict(headers)
    credential = Credential(ACCESS_KEY, SECRET_KEY)
    Signer(Logger(0)).sign(method, service, region, url, signed, body, credential, None)
    return signed["Authorization"]
