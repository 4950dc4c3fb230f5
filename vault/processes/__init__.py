"""Processes of ours beside the run: how they start, what is said to them, and how they end."""
