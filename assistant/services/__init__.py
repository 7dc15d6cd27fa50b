"""What staff do over the assistant, from the command line and the pages alike: conversations, runs, the test set."""
