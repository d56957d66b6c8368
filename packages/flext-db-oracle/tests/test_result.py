import pytest
from flext_db_oracle import FlextResult, FlextResultError
from hypothesis import given
from hypothesis import strategies as st


def test_success_has_a_value_and_no_error():
    result = FlextResult.ok(7)
    assert (result.is_success, result.is_failure, result.value, result.error) == (True, False, 7, None)


def test_none_is_a_value():
    assert FlextResult[None].ok(None).is_success
    assert FlextResult[None].ok(None).value is None


def test_value_of_a_failure_raises_and_keeps_the_cause():
    cause = OSError("gone")
    result: FlextResult[int] = FlextResult.fail("no", error_code="ORA-03113", exception=cause, hint="reconnect")
    with pytest.raises(FlextResultError, match="no Hint: reconnect") as raised:
        _ = result.value
    assert raised.value.__cause__ is cause
    assert raised.value.error_code == "ORA-03113"


def test_unwrap_raises_the_original_exception():
    with pytest.raises(OSError, match="gone"):
        FlextResult.fail("no", exception=OSError("gone")).unwrap()
    with pytest.raises(FlextResultError):
        FlextResult.fail("no").unwrap()


@pytest.mark.parametrize("result", [FlextResult.ok(0), FlextResult.ok([]), FlextResult.fail("no")])
def test_truth_value_is_refused(result):
    with pytest.raises(TypeError, match="is_success"):
        bool(result)


def test_map_and_flat_map_leave_failures_alone():
    failure = FlextResult.fail("no", error_code="ORA-1")
    assert FlextResult.ok(2).map(str).value == "2"
    assert failure.map(str).error_code == "ORA-1"
    assert FlextResult.ok(2).flat_map(lambda v: FlextResult.fail(f"bad {v}")).error == "bad 2"
    assert failure.flat_map(FlextResult.ok).is_failure
    assert failure.map_error(lambda e: f"table T: {e}").error == "table T: no"
    assert FlextResult.ok(2).map_error(str.upper).value == 2


def test_map_does_not_hide_a_fault_in_the_function():
    with pytest.raises(ZeroDivisionError):
        FlextResult.ok(1).map(lambda v: v // 0)


def test_recovery():
    failure = FlextResult.fail("no")
    assert failure.unwrap_or(3) == 3
    assert failure.unwrap_or_else(lambda r: r.error) == "no"
    assert failure.recover(lambda r: 5).value == 5
    assert FlextResult.ok(1).unwrap_or(3) == FlextResult.ok(1).recover(lambda r: 3).value == 1


@given(st.integers(), st.functions(like=lambda x: ..., returns=st.integers(), pure=True))
def test_monad_laws(value, f):
    def g(x):
        return FlextResult.ok(f(x)) if f(x) % 2 else FlextResult.fail(str(f(x)))

    assert FlextResult.ok(value).flat_map(g) == g(value)
    assert g(value).flat_map(FlextResult.ok) == g(value)
    assert g(value).flat_map(g).flat_map(g) == g(value).flat_map(lambda x: g(x).flat_map(g))
