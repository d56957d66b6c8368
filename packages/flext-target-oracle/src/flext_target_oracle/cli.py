"""The command line's failures: one line on stderr, exit code 1, and the traceback at debug level only."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import click
from flext_db_oracle import redact
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.plugin_base import SingerCommand

from .errors import describe
from .settings import with_environment


class OneLineCommand(SingerCommand):
    """The SDK's command line, with a failure as one line on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run. The traceback of a failure is logged at debug level only."""
        logging.captureWarnings(capture=True)
        try:
            return click.Command.invoke(self, ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            secrets = _secrets_of(ctx)
            self.logger.debug("%s", redact("".join(traceback.format_exception(error)), secrets))
            self.logger.error("%s", describe(error, secrets))
            ctx.exit(1)


def _secrets_of(ctx: click.Context) -> tuple[str, ...]:
    given = getattr(ctx.params.get("config"), "config", None) or {}
    try:
        settings = with_environment(given)
    except ConfigValidationError:
        settings = dict(given)
    return tuple(str(settings[name]) for name in ("password", "wallet_password") if settings.get(name))
