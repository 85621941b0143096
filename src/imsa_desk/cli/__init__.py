"""The commands of `imsa-desk` for scripts and support staff: the same verbs, no window."""
