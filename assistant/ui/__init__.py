"""The web page: questions and answers, the library, and how well it all does."""
