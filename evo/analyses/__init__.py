"""Questions to batches; some evolve more to answer."""
