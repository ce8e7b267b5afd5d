"""`python -m tests.crashes`: the driver as a module of one name, whoever imports it."""

import sys

from tests.crashes.driver import main

every = "--every" in sys.argv
sys.exit(main([argument for argument in sys.argv[1:] if argument != "--every"], every))
