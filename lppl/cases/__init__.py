"""What becomes of a citizen's word: the case, its life and its clocks, and the help for those who work it."""
