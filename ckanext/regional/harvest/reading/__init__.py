"""Reading a neighbour: what it has becomes pages of a run, by one module for each kind."""
