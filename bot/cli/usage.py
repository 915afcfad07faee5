"""What is said of a command line that isn't understood: a line on stderr, with where to look."""

from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperGroup

from bot.cli.ground import BAD_INPUT, Refused, complain, language
from bot.plain import plain
from bot.settings_error import SettingsError
from commands.text import Code, Text

_NO_OPTION = Text(
    "没有选项 {what}。{help} 列出全部选项。", "There is no option {what}. {help} lists the options."
)
_NO_OPTION_CLOSE = Text(
    "没有选项 {what}。您是要 {close} 吗？{help} 列出全部选项。",
    "There is no option {what}. Did you mean {close}? {help} lists the options.",
)
_NO_COMMAND = Text(
    "没有命令 {what}。{help} 列出全部命令。", "There is no command {what}. {help} lists the commands."
)
_NO_COMMAND_CLOSE = Text(
    "没有命令 {what}。您是要 {close} 吗？{help} 列出全部命令。",
    "There is no command {what}. Did you mean {close}? {help} lists the commands.",
)
_NO_VALUE = Text("{what} 之后须有值。用法见 {help}。", "{what} needs a value. See {help}.")
_MISSING = Text("缺少 {what}。用法见 {help}。", "{what} is missing. See {help}.")
_BAD_VALUE = Text("{what} 的值不正确。用法见 {help}。", "The value of {what} is wrong. See {help}.")
_TOO_MUCH = Text("命令后有多余的内容。用法见 {help}。", "There are too many words. See {help}.")


class Program(TyperGroup):
    """Ends a command with a sentence on stderr where the caller can do something about it."""

    def make_context(self, info_name: Any, args: list[str], *rest: Any, **extra: Any) -> Any:
        nothing_typed = not args
        try:
            return super().make_context(info_name, args, *rest, **extra)
        except typer.TyperException as error:
            if nothing_typed:
                complain(error.format_message())  # the whole help
                raise typer.Exit(BAD_INPUT) from error
            raise _ended(error, str(info_name)) from error

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        typed = args[0]
        if typed in self.commands or typed.startswith("-"):
            return super().resolve_command(ctx, args)
        close = next(iter(get_close_matches(typed, self.commands, 1)), "")
        text = _NO_COMMAND_CLOSE if close else _NO_COMMAND
        raise Refused(text, what=Code(typed), close=Code(close), help=_help(ctx.command_path))

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            complain(str(error))
            raise typer.Exit(BAD_INPUT) from error
        except Refused as refused:
            complain(plain(refused.text.say(language(), **refused.values)))
            raise typer.Exit(refused.code) from refused
        except typer.TyperException as error:
            raise _ended(error, f"{ctx.command_path} {ctx.invoked_subcommand}") from error


def _ended(error: typer.TyperException, where: str) -> typer.Exit:
    """Says it in our words: the library's are English, and four lines long."""
    ctx = getattr(error, "ctx", None)
    text, what, close = _understood(error)
    asked = _help(ctx.command_path if ctx else where)
    complain(plain(text.say(language(), what=Code(what), close=Code(close), help=asked)))
    return typer.Exit(BAD_INPUT)


def _understood(error: typer.TyperException) -> tuple[Text, str, str]:
    """The sentence, what it is about, and what may have been meant; by what each kind of error has to tell."""
    option, param = getattr(error, "option_name", None), getattr(error, "param", None)
    if option is not None and not hasattr(error, "possibilities"):
        return _NO_VALUE, option, ""
    if option is not None:
        close = next(iter(getattr(error, "possibilities", None) or ()), "")
        return (_NO_OPTION_CLOSE if close else _NO_OPTION), option, close
    if param is not None:
        what = param.metavar or param.name if param.param_type_name == "argument" else param.opts[0]
        return (_MISSING if hasattr(error, "param_type") else _BAD_VALUE), what, ""
    return _TOO_MUCH, "", ""


def _help(command: str) -> Code:
    return Code(f"{command} --help")
