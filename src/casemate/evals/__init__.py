"""Capability evaluations: cases written for this project, their variants, what decides about an answer, and the log of a run."""
