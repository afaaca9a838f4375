"""The operator's pages (主办单位的页面): all counties, tokens, releases, the log."""
