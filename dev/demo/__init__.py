"""The demonstration: data for the two sites, the seed that writes them, and the story told with them."""
