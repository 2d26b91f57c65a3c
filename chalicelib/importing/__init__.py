"""What files bring into the books."""
