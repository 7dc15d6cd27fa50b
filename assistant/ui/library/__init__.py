"""The page of the documents: adding, correcting, removing."""
