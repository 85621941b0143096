"""IMSA Office: the organisation's command line, the second face over the same verbs."""
