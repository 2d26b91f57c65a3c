"""What random tests draw from: new each run, and printed; BILLFOLD_SEED=<seed> draws the same again."""

import os
import secrets

SEED = int(os.environ.get("BILLFOLD_SEED") or secrets.randbelow(2**32))
