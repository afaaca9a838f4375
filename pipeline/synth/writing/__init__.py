"""How the made-up counties write it down (报送)."""
