"""What leaves the console: facilitator guides, print packs, and exports for other programs."""
