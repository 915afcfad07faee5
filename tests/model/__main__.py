"""`python -m tests.model`: as many stories as you like, others each time; a finding is printed as its steps."""

import argparse
import tempfile
import time
from functools import partial

from structlog.testing import capture_logs

from store.database import Database
from tests.model.life import Life
from tests.model.playing import play
from tests.model.replicas import Replicas
from tests.model.world import hurry


def main() -> None:
    options = _options()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, capture_logs():
        database = Database(f"sqlite:///{folder}/model.db")
        hurry(database)
        database.migrate()
        machine = partial(
            Life if options.people else Replicas, database, keeps_description=not options.forgetful
        )
        play(machine, stories=options.stories, steps=options.steps, anew=True, shorten=not options.quick)
        database.close()
    print(f"{options.stories} stories in {time.monotonic() - began:.0f} s, and nothing to find")  # noqa: T201 - a command's answer


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=50, help="the most in one story")
    parser.add_argument("--people", action="store_true", help="with people who act at any moment")
    parser.add_argument("--forgetful", action="store_true", help="a cloud that ignores descriptions")
    parser.add_argument(
        "--quick", action="store_true", help="show a finding as it was found, not made shorter"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
