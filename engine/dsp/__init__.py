"""Signal processing that knows nothing of networks or files."""
