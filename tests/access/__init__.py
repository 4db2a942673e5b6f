"""Who may call each action and open each page of ours, and what becomes of hostile input."""
