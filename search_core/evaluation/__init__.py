"""Measuring: strategies and budgets on held-out problems, with honest intervals."""
