"""The pages in which the station's staff spend their day."""
