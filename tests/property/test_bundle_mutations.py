"""Thousands of spoilt bundles of every purpose: none is accepted, and none is refused without a code."""

from __future__ import annotations

from pathlib import Path

from mutation_run import Total, run

ATTEMPTS = 2_000
SLOWEST_S = 2.0


def test_no_mutated_bundle_is_accepted_or_crashes_the_reader(tmp_path: Path) -> None:
    total = Total()
    run(tmp_path, total, ATTEMPTS)
    assert (total.done, total.inside, total.accepted) == (ATTEMPTS, ATTEMPTS // 2, 0)
    assert sum(total.refused.values()) == ATTEMPTS
    assert total.slowest < SLOWEST_S
    wanted = "E_DECRYPT E_CONTAINER E_SIGNATURE E_RECORD E_HASH E_ROLE E_TRAILING E_TRUNCATED E_FORK E_REPLAY"
    wanted += " E_NOT_FOR_US E_PRACTICE E_REVOKED E_VERSION E_UNKNOWN_SIGNER"
    assert set(wanted.split()) <= set(total.refused)
