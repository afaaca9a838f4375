"""Estimators for one purpose each (专用估计): quantiles, rates, gaps, policies, space."""
