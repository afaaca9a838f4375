"""The making (做事): the crew that takes jobs from the queue, and one job in its child."""
