"""Two checkouts beside each other (两份程序): how each is run, and what differs on purpose."""
