"""What importing needs from outside."""
