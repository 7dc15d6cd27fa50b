"""Question -> Hits: glossary, dense and keyword search, fusion, reranking, filters."""
