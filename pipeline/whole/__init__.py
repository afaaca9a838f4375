"""Many counties, or one county twice (全体): intake, pool, scenarios."""
