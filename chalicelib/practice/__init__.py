"""Practices, clinicians, places, clients, people, and what people may see."""
