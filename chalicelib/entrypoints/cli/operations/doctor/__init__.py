"""`billfold doctor` (command.py), a check or some in each module."""
