"""Where the pages of recording lie."""

from flask import Blueprint

bp = Blueprint("record", __name__, url_prefix="/record")
