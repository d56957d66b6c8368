"""`target-oracle` and `python -m flext_target_oracle`."""

from __future__ import annotations

import gc
import sys
from importlib.metadata import version


def main() -> None:
    """Run the target; the exit codes are in the README."""
    if sys.argv[1:] == ["--version"]:  # the SDK takes more than a second to import
        sys.stdout.write(f"target-oracle v{version('flext-target-oracle')}, Meltano SDK v{version('singer-sdk')}\n")
        return
    # What is imported here stays for good. To look through it for garbage takes a quarter of the start.
    gc.disable()
    from .target import TargetOracle

    gc.freeze()
    gc.enable()
    try:
        TargetOracle.cli()
    except OSError as error:  # what is raised before the command runs: the configuration cannot be read
        _fail(str(error))
    except ValueError as error:
        _fail(f"a file of the command line is not valid JSON: {error}")


def _fail(text: str) -> None:
    sys.stderr.write(f"target-oracle: {text}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
