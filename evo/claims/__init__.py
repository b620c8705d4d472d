"""Claims of the debate: each run, measured and written down as a page of the docs."""
