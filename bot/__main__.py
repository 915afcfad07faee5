"""Where the program starts: `copy-image-bot`, or `python -m bot`."""

from bot.cli.ground import utf8
from bot.cli.program import app


def main() -> None:
    """Run the command that was typed, and end with its exit code."""
    utf8()
    app(prog_name="copy-image-bot")


if __name__ == "__main__":
    main()
