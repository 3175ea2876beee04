"""What is on air: a rundown and the air clock become the journal."""
