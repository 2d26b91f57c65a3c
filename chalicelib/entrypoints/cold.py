"""A cold start makes a great many objects and hardly any garbage: until it is over, nothing looks for any.

Imported first, so that the imports after it go without; docs/adr/0014-packaging.md has the figures.
"""

import gc

gc.disable()


def over() -> None:
    gc.enable()
