"""The database side: an embedded PostgreSQL that holds Oracle schemas, and the sessions on it."""
