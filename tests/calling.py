"""The command line, called within this process."""

from api.main import main


def run(*arguments):
    """The exit code of `handledger` with these arguments."""
    try:
        main([str(a) for a in arguments])
    except SystemExit as ended:
        return ended.code or 0
    return 0
