"""Files as people write and save them: tables of cells, and what each column's cells mean."""
