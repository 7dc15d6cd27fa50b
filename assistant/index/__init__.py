"""Passages <-> storage: embedding, catalogue, vectors, keywords, and the sync that aligns them."""
