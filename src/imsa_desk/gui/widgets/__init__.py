"""Shared parts; each takes plain values and is usable by keyboard and screen reader."""
