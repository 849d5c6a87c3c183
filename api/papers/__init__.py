"""Papers about personal data, filled in from the catalogue, the settings and the ledger."""
