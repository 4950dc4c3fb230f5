"""Proofs in processes of their own, so that they share no interpreter with the run."""

from vault.provers.provers import Provers

__all__ = ["Provers"]
