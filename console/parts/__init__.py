"""Working on the parts of a cohort: several at a time, in order, resumable, on one machine or a cluster."""
