from __future__ import annotations

import pytest
from graph import deploy

from components import read_back


def test_a_cluster_that_is_gone_gets_the_first_count_and_another_fault_is_not_taken_for_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer(error: str) -> list[int]:
        def fail(**_: str) -> None:
            raise Exception(error)  # noqa: TRY002 - what the SDK raises for a failed invoke

        told: list[int] = []
        monkeypatch.setattr(read_back.containerservice, "get_managed_cluster", fail)
        count = read_back.pool_count("aks", "rg", pool="system", first=3)
        deploy(lambda: count.apply(told.append) and None)
        return told

    assert answer("Code=ResourceNotFound: it was not found") == [3]
    with pytest.raises(Exception, match="AuthorizationFailed"):
        answer("Code=AuthorizationFailed")
