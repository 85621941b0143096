"""Editors: each collects one draft, keeps what is typed, and saves it with one verb."""
