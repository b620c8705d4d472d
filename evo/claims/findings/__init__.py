"""What is special to one claim, a file of its name each; see `evo.claims.finding`."""
