"""Sign-in, sessions, devices and limits."""
