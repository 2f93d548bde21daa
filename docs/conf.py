"""Builds these pages into a site: `.venv/bin/sphinx-build -W docs docs/site`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

project = "Are autoencoders fundamentally denoisers?"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["site"]
html_theme = "furo"
html_title = "Autoencoders as denoisers"
html_show_copyright = False

myst_heading_anchors = 3  # links to headings, as GitHub makes them

default_role = "code"  # a name in single backticks, in a docstring
napoleon_custom_sections = [("Attributes", "params_style")]  # a list, as of arguments
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # docstrings tell shapes and units, in fewer words
autodoc_class_signature = "separated"
autodoc_default_options = {"exclude-members": "__init__, __new__"}  # their arguments are the attributes

linkcheck_anchors = False  # pages that build their anchors in the browser
