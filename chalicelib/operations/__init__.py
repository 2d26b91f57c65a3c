"""Alerts, daily rounds, work lists and claims: how the machine looks after itself."""
