"""Keys, sealing and signing: the only package that imports cryptography and pyrage."""
