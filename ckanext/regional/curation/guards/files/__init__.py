"""What files really are: their beginnings are read, and never more than a bounded part of them."""
