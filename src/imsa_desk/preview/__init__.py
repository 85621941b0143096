"""The limited child process that turns untrusted PDF and image bytes into pixels; imports nothing of ours."""

from __future__ import annotations
