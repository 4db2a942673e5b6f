"""Where each dataset was born and by which way it came."""
