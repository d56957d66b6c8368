"""What the emulator knows of the database's objects."""
