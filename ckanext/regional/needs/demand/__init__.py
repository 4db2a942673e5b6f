"""What people look for: searches, views and downloads counted by day, and nothing of who they were."""
