"""Keys, sealing and signing: the only package that imports cryptography, pyrage and shamir_mnemonic."""
