"""What stands on each print, gathered from the vault: one module for each kind of document."""
