"""A document as pages show it: as text, or page by page."""
