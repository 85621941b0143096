"""Places: where records end up, the encrypted vault and the journal."""
