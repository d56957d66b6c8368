"""The Singer SDK's standard suite for taps.

Its class looks at the tap's streams when it is made, so it needs the database while pytest collects:
`test_standard_suites.py` runs this module with the address in the environment.
"""

from __future__ import annotations

from flext_tap_oracle import TapOracle
from singer_sdk.testing import SuiteConfig, get_tap_test_class

TestTapOracle = get_tap_test_class(TapOracle, config={}, suite_config=SuiteConfig(max_records_limit=10))
