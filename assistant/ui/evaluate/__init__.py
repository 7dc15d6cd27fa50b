"""The page of the test set: runs, cases, comparisons, drafts."""
