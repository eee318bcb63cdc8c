"""The world outside: one small protocol per body, with a file-based implementation for one machine."""
