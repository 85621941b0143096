"""The windows: they show values, collect drafts and start verbs."""
