"""Widgets for notebooks: the only room that imports ipywidgets."""
