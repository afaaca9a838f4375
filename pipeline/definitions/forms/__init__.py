"""What forms hold and how they are worded (表式): variables, wordings, layouts."""
