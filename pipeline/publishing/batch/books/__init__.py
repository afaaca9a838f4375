"""What a batch writes down, and the lock and the room for it (账册)."""
