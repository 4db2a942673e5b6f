"""Ways into a dataset that CKAN has beside the review: closed, or opened for what was agreed."""
