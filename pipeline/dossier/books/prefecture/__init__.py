"""The chapters of a prefecture's book (市级规划目标), as in `notebooks/prefecture`."""
