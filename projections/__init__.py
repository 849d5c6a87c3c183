"""Answers: pure folds over parsed records, the same in the service and in the verifier."""
