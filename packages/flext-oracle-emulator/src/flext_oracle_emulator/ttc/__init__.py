"""TTC, the calls and values inside TNS data packets. Sans-I/O: bytes in, requests out, and replies to bytes."""
