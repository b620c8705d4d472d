"""Selection pressure: what a scheme does to a population, measured beside what is expected."""
