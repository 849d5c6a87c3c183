"""The only place that touches private keys. `ledger` never imports it: signers are handed in."""
