"""Demand against supply, by territory and sector: tables that a job fills and pages only read."""
