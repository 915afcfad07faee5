"""Writes the next migration: python -m store.migrations "What it adds"; then format it, and read it over."""

import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script, ScriptDirectory

from store.database import Database, alembic_config

_REMARK = re.compile(r"^ +# ### .*\n", re.MULTILINE)


def write(message: str) -> None:
    """Write down how the tables differ from what the migrations so far make of an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        database.migrate()
        with database.engine.connect() as connection:
            config = alembic_config(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        database.close()
    assert isinstance(script, Script)  # noqa: S101 - one message, one script; for the type checker
    written = Path(script.path)
    written.write_text(_REMARK.sub("", written.read_text()))


if __name__ == "__main__":
    write(sys.argv[1])
