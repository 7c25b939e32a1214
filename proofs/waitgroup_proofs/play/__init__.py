"""Play the scheduler: programs as boards on which a reader picks every step, and levels to win by a bad schedule."""
