"""Linear estimators (线性模型) and their errors."""
