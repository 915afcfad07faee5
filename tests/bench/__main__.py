"""`make bench`: what costs how much, as ratios, since a ratio holds on any machine; `quick`: the short ones only."""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from jdcloud_sdk.core.credential import Credential  # type: ignore[import-untyped]  # the vendor ships no types
from jdcloud_sdk.core.logger import Logger  # type: ignore[import-untyped]  # the vendor ships no types
from jdcloud_sdk.core.signer import Signer  # type: ignore[import-untyped]  # the vendor ships no types
from rich.console import Console
from rich.table import Table

from commands.clouds.jdcloud.regions import REGIONS
from commands.clouds.jdcloud.signing import sign
from commands.parse import parse
from store import due, requests
from store.database import Database
from store.lifecycle import Move
from store.tables import Request
from tests.bench import scale

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
_HOST = "vm.example.test"
_PATH = "/v1/regions/cn-north-1/images:copyImages"
_BODY = b'{"sourceImageIds":["img-m5s0test01"],"destinationRegion":"cn-east-2"}'


def seconds(work: Callable[[], object], *, times: int, rounds: int = 7) -> float:
    """The median, over several rounds, of what one call takes."""
    taken = []
    for _ in range(rounds):
        start = perf_counter()
        for _ in range(times):
            work()
        taken.append((perf_counter() - start) / times)
    return median(taken)


def _ours() -> object:
    return sign(
        method="POST",
        url=f"https://{_HOST}{_PATH}",
        headers={"content-type": "application/json"},
        body=_BODY,
        access_key="AK",
        secret_key="SK",
        service="vm",
        region="cn-north-1",
        at=NOW,
        nonce="nonce",
    )


def _theirs() -> Callable[[], object]:
    signer, credential = Signer(Logger(0)), Credential("AK", "SK")

    def work() -> object:
        headers = {"content-type": "application/json", "x-jdcloud-nonce": "nonce"}
        return signer.sign(
            method="POST",
            service="vm",
            region="cn-north-1",
            uri=f"https://{_HOST}{_PATH}",
            headers=headers,
            data=_BODY.decode(),
            credential=credential,
            security_token=None,
        )

    return work


def _line(images: int) -> str:
    return " ".join(f"img-{number:06d}" for number in range(images)) + " 到 上海 因为 扩容"


def _waiting(database: Database, first: int, count: int) -> None:
    """Requests that wait for approval, due in a day."""
    with database.transaction() as tx:
        for number in range(first, first + count):
            request = Request(
                id=f"cp-{number}",
                team="T1",
                channel="C1",
                requester="U1",
                delivery=f"d-{number}",
                images=[f"img-{number}"],
                destinations=["cn-east-2"],
                created_at=NOW,
            )
            requests.add(tx, request)
            requests.move(tx, request.id, Move.CLEAR, at=NOW, run_at=NOW + timedelta(days=1))


def _claim(database: Database) -> Callable[[], object]:
    def work() -> object:
        with database.transaction() as tx:
            return due.claim(tx, due.TIMERS, now=NOW, lease="lease", lease_s=25, limit=8)

    return work


def _claims(folder: Path) -> tuple[float, float]:
    """Looking for due work among ten waiting requests, and among ten thousand."""
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    database.migrate()
    _waiting(database, 0, 10)
    few = seconds(_claim(database), times=100)
    _waiting(database, 10, 9_990)
    many = seconds(_claim(database), times=100)
    database.close()
    return few, many


def main() -> int:
    """Measure, and print what was measured as a table."""
    table = Table("what", "against", "ratio", "of", title="Medians of seven rounds; below 1 is faster")
    rows: list[tuple[str, str, float, float]] = [
        (
            "sign a copyImages request",
            "the vendor's signer",
            seconds(_ours, times=300),
            seconds(_theirs(), times=300),
        ),
        (
            "parse a line of 100 images, by image",
            "a line of 10",
            seconds(lambda: parse(_line(100), REGIONS), times=20) / 100,
            seconds(lambda: parse(_line(10), REGIONS), times=20) / 10,
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        few, many = _claims(Path(folder))
    rows.append(("claim among 10,000 waiting requests", "among 10", many, few))
    for what, against, mine, other in rows:
        table.add_row(what, against, f"{mine / other:.2f}", f"{mine * 1e6:.1f} / {other * 1e6:.1f} µs")
    Console(width=110).print(table)
    if sys.argv[1:] != ["quick"]:
        Console(width=110).print(scale.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
