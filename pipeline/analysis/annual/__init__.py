"""The annual evaluation (年度评价): pooled counties, models, convergence, policies, peers."""
