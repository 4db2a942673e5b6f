"""The one way out to other sites: private addresses are refused, time and size are limited."""
