"""In a notebook a run shows how far it is, without being asked, and results show themselves."""

import pytest

nbformat = pytest.importorskip("nbformat")
client = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

CELLS = [
    "import evo\nspec = evo.load('wolf_sniper').over({}).set({'population.size': 40, 'population.generations': 10})",
    "batch = evo.run(spec, replicates=20, out='out')",
    "batch",
    "spec",
]


def test_a_run_in_a_notebook(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    client.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    bar, results, scenario = (cell.outputs for cell in notebook.cells[1:])
    assert bar and "20" in str(bar) and all(output.output_type != "error" for output in bar)
    assert "20 replicates in 1 cell," in results[0].data["text/plain"] and "<table" in results[0].data["text/html"]
    assert scenario[0].data["text/plain"].startswith("Scenario('wolf_sniper'")
