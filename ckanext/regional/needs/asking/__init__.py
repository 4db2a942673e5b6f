"""Who asks for data and supports it, how often they may, and who looks at it first."""
