"""Each storm, for a moment: what comes between any two steps, as often as it can. `make soak` lets them last."""

import pytest
from tests.storms import STORMS

from waitgroup import core

#: Seconds.
A_MOMENT = 0.4

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.mark.parametrize("locked", [False, True], ids=["one call", "locked"])
@pytest.mark.parametrize("name", STORMS)
def test_nothing_is_lost_and_nobody_is_stranded_in_a_storm(
    name: str, locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "LOCKED", locked)
    found = STORMS[name](A_MOMENT)
    assert [] == found.wrong
    assert found.came > 0
    assert found.calls > 0
