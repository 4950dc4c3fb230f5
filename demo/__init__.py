"""A dozen pretend conductors, a mail sink, and the real runbook between them."""
