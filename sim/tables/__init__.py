"""What a run shows: rows computed from the record. NumPy at most, no pandas."""

from sim.tables.table import Column, Table
from sim.tables.tabulate import TABLES, tables_of, tabulate

__all__ = ["TABLES", "Column", "Table", "tables_of", "tabulate"]
