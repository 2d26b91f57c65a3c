"""What stands behind the ports of importing."""
