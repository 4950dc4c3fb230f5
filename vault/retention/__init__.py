"""Forgets generations: a pure plan, and its careful execution."""

from vault.retention.apply import Pruned, candidates, prune
from vault.retention.policy import Candidate, Plan, Policy, parse_duration, plan

__all__ = ["Candidate", "Plan", "Policy", "Pruned", "candidates", "parse_duration", "plan", "prune"]
