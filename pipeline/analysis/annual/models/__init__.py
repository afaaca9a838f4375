"""The questions of a study put to the pool (模型、收敛、政策)."""
