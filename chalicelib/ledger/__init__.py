"""Entries, accounts, charges, the state of payments, markers: whatever one transaction writes."""
