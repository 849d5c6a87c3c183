"""Access to one's data: everything about one person in plain words, others masked."""
