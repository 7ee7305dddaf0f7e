"""How fast it is, on this machine, as ratios to what is aimed at or compared with."""
