"""A scenario understood: fields, resolved values, sweep, checks, identity, and how it is found."""
