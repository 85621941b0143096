"""IMSA Courier: carries sealed files between a folder and a server, and holds no keys."""

__version__ = "0.1.0"
