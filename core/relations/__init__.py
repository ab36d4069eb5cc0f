"""Relations between artists that may be had: from web services, from dumps of open data, and from listens."""
