"""The entry point of the command `wenzheng`."""

import sys  # nothing else: whatever is loaded here cannot be interrupted without a traceback


def main() -> None:
    """Run a command and exit. What a person can do something about is one sentence and exit code 1, never a
    traceback."""
    try:
        _run()
    except KeyboardInterrupt:  # also while the program is still being loaded
        sys.exit(130)
    sys.exit(0)


def _run() -> None:
    import logging

    from rich.console import Console

    from api.commands.application import application
    from models.errors import WenzhengError

    # the pool repeats in English, per attempt, what the one sentence below says
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    try:
        application(sys.argv[1] if len(sys.argv) > 1 else "")()
    except WenzhengError as error:
        console = Console(stderr=True, highlight=False)
        console.print(f"[red]✗[/red] {error.message}", soft_wrap=True)
        for field, reason in getattr(error, "fields", {}).items():
            console.print(f"  {field}：{reason}", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
