"""Files from strangers: what they say of themselves, read within limits before anything is decoded."""
