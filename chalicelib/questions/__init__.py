"""What clients ask the practice about a service, an invoice or a payment, and what it answers."""
