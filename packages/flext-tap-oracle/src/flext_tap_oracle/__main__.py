"""`tap-oracle` and `python -m flext_tap_oracle`: the SDK's command line, with failures as one line each."""

from __future__ import annotations

import gc
import sys
from importlib.metadata import version


def main() -> None:
    """Run the tap. Exit code 1 after a failure, with the reason as the last line of stderr."""
    if sys.argv[1:] == ["--version"]:  # the SDK takes more than a second to import
        sys.stdout.write(f"tap-oracle v{version('flext-tap-oracle')}, Meltano SDK v{version('singer-sdk')}\n")
        return
    # What is imported here stays for good. To look through it for garbage takes a quarter of the start, and time later.
    gc.disable()
    import oracledb
    from flext_db_oracle.errors import explain

    from .errors import TapError
    from .tap import TapOracle

    gc.freeze()
    gc.enable()
    try:
        TapOracle.cli()
    except TapError as error:
        _fail(str(error))
    except OSError as error:  # the SDK's own message names the file
        _fail(str(error))
    except (oracledb.Error, ValueError) as error:
        if hasattr(error, "lineno"):  # json's JSONDecodeError, or simplejson's
            _fail(f"a file of the command line is not valid JSON: {error}")
        explanation = explain(error)
        _fail(f"{explanation.message}. Next: {explanation.hint}" if explanation.hint else explanation.message)


def _fail(text: str) -> None:
    sys.stderr.write(f"tap-oracle: {text}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
