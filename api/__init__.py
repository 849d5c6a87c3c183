"""Where everything is wired: configuration, command line, HTTP."""
