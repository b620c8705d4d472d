"""Tests never read or write the consents of whoever runs them."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _own_configuration(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield
