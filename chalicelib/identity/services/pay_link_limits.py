"""How often somebody may try to open pay links, or have a code for one mailed.

Apart from pay_link_factors.py, which counts: the routes declare them without importing what mails codes.
"""

from chalicelib.identity.services.limits import Limit, Pace

_QUARTER, _HOUR, _DAY = 15 * 60, 3600, 24 * 3600
MAX_TRIES = 5
CODE_STEP_SECONDS = 10 * 60  # a code works in the step of its making, and in the one after it
# Of a network: an IPv4 address or an IPv6 /64, and an IPv6 /48. A thief of many bills guesses from somewhere.
FACTORS_OF_NETWORK = (Limit("pay-links-of-network", 30, _QUARTER), Limit("pay-links-of-site", 120, _QUARTER))
FACTORS_A_DAY = (Limit("pay-links-a-day", 100, _DAY), Limit("pay-links-of-site-a-day", 400, _DAY))
TRIES_OF_UNKNOWN = Limit("tries-of-unknown-link", MAX_TRIES, _HOUR)
# Over all links of a client: a folder of their bills is as many times five tries.
DATES_OF_CLIENT = Pace(2 * MAX_TRIES, 30 * _DAY)
CODES_OF_LINK = Limit("codes-of-link", 2 * MAX_TRIES, _HOUR)
# Of an address, by all practices together, in any hour and any day. Apart from those of signing in: who finds
# a bill shuts nobody out.
CODES_TO_ADDRESS = (Pace(3, _HOUR), Pace(10, _DAY))
