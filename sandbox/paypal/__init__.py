"""A strict, stateful stand-in for the part of PayPal's REST API that Billfold uses. Never deployed."""
