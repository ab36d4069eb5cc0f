"""Commands by name. Their modules are imported only to run them or to show their help."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand


class LazyCommand(TyperCommand):
    """A placeholder for a command with its line of help; `function` is MODULE:NAME and is imported on use."""

    def __init__(self, name: str, function: str, text: str) -> None:
        super().__init__(name, help=text, short_help=text, rich_markup_mode=None)
        self._function = function

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the real command, which runs in place of this one."""
        return self.load().make_context(info_name, args, parent, **extra)

    def load(self) -> TyperCommand:
        """Import the module and make a command of its function. Its annotated parameters are the options."""
        module, function = self._function.split(":")
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(self.name, cls=_PanelCommand, help=self.help)(getattr(import_module(module), function))
        command = typer.main.get_command(alone)
        assert isinstance(command, TyperCommand)
        return command


class _PanelCommand(TyperCommand):
    """A command whose plain help groups options by their panels. Typer does so only with rich."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        panels: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for param in self.get_params(ctx):
            usual = "Arguments" if param.param_type_name == "argument" else "Options"
            panel = getattr(param, "rich_help_panel", None) or usual
            if (record := param.get_help_record(ctx)) is not None:
                panels.setdefault(panel, []).append(record)
        for panel, records in panels.items():
            if records:
                with formatter.section(panel):
                    formatter.write_dl(records)
