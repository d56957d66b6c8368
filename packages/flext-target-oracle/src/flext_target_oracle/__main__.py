"""`python -m flext_target_oracle`, the same as `target-oracle`."""

from .target import TargetOracle

if __name__ == "__main__":
    TargetOracle.cli()
