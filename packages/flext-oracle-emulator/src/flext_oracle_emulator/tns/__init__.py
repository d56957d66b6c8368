"""TNS, the packets of the transport. Sans-I/O: bytes in, packets out, and back."""
