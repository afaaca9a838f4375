"""The truth of the made-up nation (真值)."""
