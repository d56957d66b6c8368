"""The driver's own tests that have passed once pass for ever. See suite.py; `suite.py update` adds to the list."""

from __future__ import annotations

import pytest

from conformance import suite


@pytest.mark.conformance
def test_tests_of_the_driver_that_passed_before_still_pass() -> None:
    expected = suite.listed()
    assert len(expected) > 1000
    outcome = suite.run(expected, ["--tb=short"])
    lost = sorted(set(expected) - outcome.passed)
    assert not lost, f"no longer passing: {', '.join(lost)}\n{outcome.output[-6000:]}"
