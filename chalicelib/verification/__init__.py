"""The audit of every ledger, anchors, the nightly pass."""
