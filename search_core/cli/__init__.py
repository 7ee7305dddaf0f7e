"""The command line. Importing it is cheap: no torch before a model is asked for."""
