"""The sealed bundle: values in, one encrypted signed file out, and back."""
