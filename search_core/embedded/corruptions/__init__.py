"""How solutions of each family are spoiled."""
