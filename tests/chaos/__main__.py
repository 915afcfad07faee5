"""`python -m tests.chaos`: the long run; exit 1 when anything was lost or done twice."""

import argparse
import asyncio
import sys
from random import SystemRandom

from tests.chaos.run import play


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--transport", choices=["http", "socket"], default="http")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    wanted = parser.parse_args()
    report = asyncio.run(play(wanted.database, wanted.transport, wanted.kills, wanted.seed, _tell))
    sys.stdout.write(f"{wanted.database}, {wanted.transport}, seed {wanted.seed}\n\n{report}\n")
    return 1 if report.bad else 0


def _tell(how_far: str) -> None:
    sys.stderr.write(f"{how_far}\n")


if __name__ == "__main__":
    sys.exit(main())
