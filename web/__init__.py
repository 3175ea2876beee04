"""Who sees it: the portal, the streams' addresses, health and metrics."""
