"""The trainer's pages of one sitting: projector, lobby, the live grid, closing and revealing."""
