"""Invoices: issued, voided, and shown."""
