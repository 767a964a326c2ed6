"""Where people argue with a plan: widgets for JupyterLab, Notebook, VS Code and Voila that need no network."""
