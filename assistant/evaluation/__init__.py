"""Cases -> Run -> Report: test sets, runs over them, and the figures that say how good the answers are."""
