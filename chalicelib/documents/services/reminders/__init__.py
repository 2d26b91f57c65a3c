"""Reminders of overdue invoices: planned, kept back, sent."""
