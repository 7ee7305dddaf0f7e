"""Makes the README's pictures: a short film of the real app, and a still in each theme."""
