"""What pages show: values turned into words, rows and tables."""
