"""Answers -> what is kept: conversations and feedback, exports to take along, and checking them again."""
