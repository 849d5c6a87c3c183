"""The door: who comes in through the pages, how, and for how long."""
