"""What every stand-in for a processor needs; nothing here knows which processor it is."""
