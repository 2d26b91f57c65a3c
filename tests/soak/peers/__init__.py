"""Other ledgers, measured beside ours. Each runs in a virtual environment of its own."""
