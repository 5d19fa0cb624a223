"""Run a command with a throwaway PostgreSQL server in LEAD_SCORING_POSTGRES_URL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import typer
from lead_scoring_tools.problems import ProblemError
from lead_scoring_tools.throwaway_postgres import throwaway_server

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(
    context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True},
    epilog="Example: scripts/with_postgres scripts/run --target postgres",
)
def main(command: list[str]) -> None:
    """Run COMMAND with a PostgreSQL server of its own, which is gone when COMMAND ends.

    Nothing needs to be installed, and no server that is already there is touched. COMMAND finds the
    server in LEAD_SCORING_POSTGRES_URL. `scripts/with_postgres bash` gives a shell to look around.
    """
    try:
        with throwaway_server() as server:
            print(f"PostgreSQL {server.version}: {server.url}", file=sys.stderr)
            # Ctrl-C is for the command; this process waits for it, then stops the server
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            environment = {**os.environ, "LEAD_SCORING_POSTGRES_URL": server.url}
            finished = subprocess.run(
                command,
                env=environment,
                check=False,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
    except ProblemError as problem:
        print(problem, file=sys.stderr)
        raise typer.Exit(1) from problem
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}.", file=sys.stderr)
        raise typer.Exit(127) from error
    raise typer.Exit(finished.returncode if finished.returncode >= 0 else 1)


if __name__ == "__main__":
    app(prog_name="scripts/with_postgres")
