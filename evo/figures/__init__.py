"""Figures: one function each, from tables, returning matplotlib Figures. Nothing here needs a display."""
