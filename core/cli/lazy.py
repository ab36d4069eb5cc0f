"""Commands by name, each in a module that is loaded only when the command runs or its help is asked for."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand


class LazyCommand(TyperCommand):
    """Stands for a function of a module, written MODULE:NAME, until the command is used; knows its line of help."""

    def __init__(self, name: str, function: str, text: str) -> None:
        super().__init__(name, help=text, short_help=text, rich_markup_mode=None)
        self._function = function

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the command itself, which runs in this one's place."""
        return self.load().make_context(info_name, args, parent, **extra)

    def load(self) -> TyperCommand:
        """Import the module and make the command of its function: options are its annotated parameters."""
        module, function = self._function.split(":")
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(self.name, cls=_PanelCommand, help=self.help)(getattr(import_module(module), function))
        command = typer.main.get_command(alone)
        assert isinstance(command, TyperCommand)
        return command


class _PanelCommand(TyperCommand):
    """A command whose plain help keeps options apart by their panels, as typer's does with rich only."""

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
