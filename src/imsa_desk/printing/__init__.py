"""Values in, PDF bytes out: the only package that imports reportlab."""

from __future__ import annotations
