"""A stateful, strict stand-in for Stripe's API 2026-08-26.dahlia. Never deployed. See README.md."""

API_VERSION = "2026-08-26.dahlia"
