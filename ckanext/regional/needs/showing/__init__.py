"""What people are shown of needs: rows, pages, words, what is masked, what is alike."""
