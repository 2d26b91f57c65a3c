"""`make accept STAGE=prod`: an hour's check of a deployment in its account (docs/accept.md)."""
