"""Tests never read or write the consents of whoever runs them; none of them is about how fast this machine is."""

import pytest
from hypothesis import settings

from evo.worlds import trust

# No deadline: the first call of a kernel compiles it, and others may be at work beside.
settings.register_profile("evo", deadline=None)
settings.load_profile("evo")


@pytest.fixture(autouse=True, scope="session")
def _own_configuration(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(autouse=True)
def _no_consent_from_before():
    trust._run_here.clear()  # what a test trusts, only it trusts
