"""Letters, the mail service, and what it reports of addresses."""
