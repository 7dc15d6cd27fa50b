"""File -> Document -> Passages: readers, one per family of formats; metadata; the library folder."""
