"""What staff do, as functions over the records: commands, pages and the API only show what these return."""
