"""Runs the command line program in a folder of its own."""

from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path

from typer.testing import CliRunner, Result

from bot.cli.program import app
from bot.settings import Settings
from store.database import Database


@dataclass
class Program:
    """The program with one database; settings of the machine don't reach it."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'bot.db'}"

    def run(self, *words: str, typed: str | None = None, **environ: str) -> Result:
        foreign: Mapping[str, str | None] = dict.fromkeys(map(str.upper, Settings.model_fields))
        own = {"DATABASE_URL": self.database_url, "BOT_LANGUAGE": "en", "HOME": str(self.folder)}
        with chdir(self.folder):
            return CliRunner().invoke(
                app, words, input=typed, env={**foreign, **own, **self.environ, **environ}
            )

    def store(self) -> Database:
        db = Database(self.database_url, threads=1)
        db.migrate()
        return db

    def file(self, text: str) -> str:
        path = self.folder / "permissions.yaml"
        path.write_text(text, "utf-8")
        return str(path)
