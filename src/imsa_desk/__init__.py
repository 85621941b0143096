"""IMSA Desk: casework for Independent Modern Slavery Advocates, offline and encrypted."""

from __future__ import annotations

__version__ = "0.1.0"
