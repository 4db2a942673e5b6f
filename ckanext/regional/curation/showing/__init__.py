"""What the pages of the review show, in the reader's words."""
