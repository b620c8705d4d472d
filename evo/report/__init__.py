"""A report: one or more batches as a single page that can be sent, printed and kept."""
