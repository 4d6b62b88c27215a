"""Casemate: finds weaknesses in code, follows them from trust boundary to sink, and accounts for every step."""

__version__ = "0.1.0"
