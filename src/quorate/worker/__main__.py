"""`python -m quorate.worker`, which is `quorate worker`."""

from quorate.worker.run import run

run()
