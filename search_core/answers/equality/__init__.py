"""Whether two answers are equal: what they say decides, never how they are written.

This package imports nothing of the app, so that the worker process can load it alone.
"""
