"""The console as a running server: its address, its data, and gunicorn in this process.

Nothing here decides who may sign in.
"""

from console.web.serving.addresses import addresses_of, listening
from console.web.serving.drives import refuse_network_drive
from console.web.serving.preparing import alone_in, prepare, refuse_demonstration
from console.web.serving.running import Workers, serve

__all__ = [
    "Workers",
    "addresses_of",
    "alone_in",
    "listening",
    "prepare",
    "refuse_demonstration",
    "refuse_network_drive",
    "serve",
]
