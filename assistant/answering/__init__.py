"""Hits -> Answer: evidence, the decision to answer, extraction, conversation."""
