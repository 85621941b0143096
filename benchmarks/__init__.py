"""The figures that have limits, each a ratio of two things measured side by side in one run."""
