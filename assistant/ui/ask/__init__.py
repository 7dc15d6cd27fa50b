"""The page that is asked: question, answer, sources beside it, history."""
