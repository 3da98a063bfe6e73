"""Thresholds with a promise: fresh draws, certificates, their ledger and their checking."""
