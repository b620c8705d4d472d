"""The tutorial notebooks run from first cell to last and draw their figures."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.slow
NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "docs" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path, tmp_path):
    """Every cell, in a fresh kernel; what it printed and drew when it was written is printed and drawn again."""
    notebook = nbformat.read(path, 4)
    written = [[output.output_type for output in cell.get("outputs", ())] for cell in notebook.cells]
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    found = [[output.output_type for output in cell.get("outputs", ())] for cell in notebook.cells]
    assert found == written
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    text = "".join(output.get("text", "") for output in outputs)
    assert ("18 of 30 runs" if "deap" in path.stem else "no supply") in text  # what the text around it says
