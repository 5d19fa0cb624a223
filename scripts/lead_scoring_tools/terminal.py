"""What every script shows in a terminal: progress, and sentences instead of stack traces."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from .problems import ProblemError
from .warehouse import WORKING_FOLDER


def progress(console: Console) -> Progress:
    """Return a progress display that is gone when it is done; in a log file nothing shows."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


@contextmanager
def errors_in_sentences(console: Console, *, may_tell: bool = True) -> Iterator[None]:
    """Print what goes wrong in the block as sentences, and leave with exit code 1.

    130 when it was interrupted. What nobody foresaw is kept as a stack trace in a log file; without
    `may_tell` only where it happened is, since an error's own text may hold a secret.
    """
    try:
        yield
    except ProblemError as problem:
        for sentence in problem.sentences:
            console.print(Text(sentence, style="red"), soft_wrap=True)
        raise typer.Exit(1) from problem
    except KeyboardInterrupt as interrupt:
        console.print("Interrupted. Run again to go on.")
        raise typer.Exit(130) from interrupt
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        log = WORKING_FOLDER / "logs" / "error.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        place = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
        log.write_text(traceback.format_exc() if may_tell else place)
        lines = str(error).splitlines() if may_tell else []
        first_line = (lines or [type(error).__name__])[0]
        console.print(Text(f"Unexpected: {first_line}", style="red"), soft_wrap=True)
        console.print(f"Please report this with the file {log}.", soft_wrap=True)
        raise typer.Exit(1) from error


def shown(path: Path) -> str:
    """Return a path as short as it can be typed from here."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
