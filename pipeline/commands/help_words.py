"""The words of a command's help (帮助): click writes English of its own around our Chinese."""

import re

import click

_WORDS = {"Usage:": "用法：", "Options": "选项", "Commands": "命令", "[OPTIONS]": "[选项]...",
          "COMMAND [ARGS]...": "命令 [参数]...", "Show this message and exit.": "显示本帮助",
          "Show the version and exit.": "显示版本", "default: ": "默认 ", "; required]": "，必填]",
          "[required]": "[必填]"}
_ENGLISH = re.compile("|".join(map(re.escape, _WORDS)))


class ChineseHelp(click.HelpFormatter):
    """What click writes help with, its own words in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        super().write_usage(prog, _said(args), prefix or _WORDS["Usage:"])

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':>{self.current_indent}}{_said(heading)}：\n")

    def write_dl(self, rows, col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options or commands, each with what it is."""
        super().write_dl([(name, _said(said)) for name, said in rows], col_max, col_spacing)


class ChineseContext(click.Context):
    """The context of a command whose help is written so."""

    formatter_class = ChineseHelp


def _said(words: str) -> str:
    return _ENGLISH.sub(lambda found: _WORDS[found[0]], words)
