"""What the coverage benchmark is made of: printing, projecting, refusing."""
