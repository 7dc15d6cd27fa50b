"""The command line: commands, and what they print."""

from __future__ import annotations

from assistant.cli.app import main

__all__ = ["main"]
