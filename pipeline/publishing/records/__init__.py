"""What is kept beside the paper, and how it is published (记录与发布)."""
