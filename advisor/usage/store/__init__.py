"""The local store: what was read from accounts once and is final, so that it is not read again."""
