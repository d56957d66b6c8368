"""The packages that Oracle supplies, as far as the emulator has them: one module each, found through `registry`."""
