"""TTC messages, one file for each kind: `read_x` parses what a client sends, `make_x` builds what it gets."""
