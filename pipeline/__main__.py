"""The command (命令) ``junheng``: see `pipeline.commands`."""

import os
import sys

# Their figures must not hang on the environment.
_SETTLED = (["desk"], ["run"], ["annual"], ["what-if"], ["verify"], ["trace"])


def main(arguments: list[str] | None = None) -> None:
    """Run the command, those whose figures count in an environment that is fixed first: before
    anything else is imported, which would be imported twice."""
    if arguments is None and sys.argv[1:2] in _SETTLED:
        from pipeline.publishing.chapters.surroundings import settle

        settle()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # found by looking through all
    from pipeline.commands import framed

    asked = sys.argv[1:] if arguments is None else arguments
    framed(asked, asked[:1] in _SETTLED)


if __name__ == "__main__":
    main()
