"""Nouns: what a case, a meeting, an assessment, a consent is, and what makes one valid."""
