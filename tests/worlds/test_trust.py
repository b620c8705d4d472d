"""Whose Python runs without being asked for."""

from tests.command import command


def test_a_world_that_came_with_evo_needs_no_trust():
    status, out, err = command("show", "ochs_desai")
    assert status == 0 and "world:" in out, err
