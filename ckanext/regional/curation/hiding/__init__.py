"""Who may read what is not published, and what everybody else is told of it."""
