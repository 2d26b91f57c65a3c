"""Receipts and statements: what they say, their pages, how they reach somebody."""
