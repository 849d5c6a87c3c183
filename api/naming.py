"""Names compared as people say them: without accents, case and punctuation, in Welsh or English.

`Siân` is `sian`, and `Dafydd Prys` may be the `David Price` who is looked for. What is only alike
is proposed, never taken for the same person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# Letters that are no letter with an accent.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe"}
)
# Forms of one name, Welsh and English. To be reviewed by a Welsh speaker.
FORMS = (
    "alun alan", "andras andreas andrew", "beti betsi betsan elizabeth elisabeth",
    "catrin catherine katherine kathryn cathryn katrin", "cerys kerys", "ceri kerry keri",
    "dafydd david dewi davy", "dafis davies davis", "edwart edward", "elin ellen helen",
    "elis ellis", "emrys ambrose", "esyllt isolde", "evan ifan ieuan", "bevan ifans evans",
    "fychan vaughan", "gruffydd gruffudd griffith griffiths griff",
    "gwen gwenllian", "gwilym william wil will", "gwyn gwynne wyn wynn wynne", "harri harry henry",
    "huw hugh", "huws hughes", "pugh puw", "hywel howell howells howel", "powell powel",
    "iago james jac",
    "ioan sion john ianto jon", "siencyn jenkin jenkins", "lewys lewis louis",
    "llwyd lloyd loyd", "llywelyn llewelyn llewellyn", "luned eluned", "mair mary mari",
    "marged margaret megan mererid", "mihangel michael", "morgan morgans", "meurig morris",
    "owain owen ywain", "bowen bowain", "pedr peter", "prys price pryce",
    "parri parry", "rhisiart richard", "rhys rees reece reese rice", "robat robert rob",
    "rhosier roger", "sioned janet jennet", "sian jane", "siarl charles",
    "sara sarah", "sior george", "steffan stephen steven stephan", "tomos thomas tom twm",
    "wmffre humphrey humphreys",
)  # fmt: skip


def plain(name: str) -> str:
    """A name as it is compared: without accents, case, punctuation and doubled spaces."""
    letters = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[\s\-]+", " ", re.sub(r"[^\w\s\-]|_", "", kept)).strip()


def same(one: str, other: str) -> bool:
    """Whether two names are written the same, but for accents, case and order."""
    return bool(plain(one)) and sorted(plain(one).split()) == sorted(plain(other).split())


def alike(one: str, other: str) -> bool:
    """Whether two names may be of one person: each word of the one is a form of one of the other's,
    and they share two of them at least, or all."""
    shorter, longer = sorted((plain(one).split(), plain(other).split()), key=len)
    rest = list(longer)
    for word in shorter:
        found = next((w for w in rest if _form(w) == _form(word)), None)
        if found is None:
            return False
        rest.remove(found)
    return bool(shorter) and (len(shorter) > 1 or not rest)


def key(name: str) -> tuple[str, ...]:
    """What names that may be one person's share: the forms of its words, in no order."""
    return tuple(sorted(map(_form, plain(name).split())))


def has_part(name: str, sought: str) -> bool:
    """Whether every word that is sought begins, or is a form of, a word of the name."""
    words = plain(name).split()
    parts = plain(sought).split()
    return bool(parts) and all(
        any(w.startswith(part) or _form(w) == _form(part) for w in words) for part in parts
    )


def _form(word: str) -> str:
    sound = _sound(word)
    return ALIKE.get(sound, sound)


def _sound(word: str) -> str:
    """A spelling by which Welsh and English ones meet: `Steffan` and `Stephan`, `Kerys`."""
    said = word.replace("ph", "f").replace("k", "c").replace("y", "i").replace("v", "f")
    return re.sub(r"(.)\1", r"\1", said)


ALIKE: Mapping[str, str] = {
    _sound(form): _sound(line.split()[0]) for line in FORMS for form in line.split()
}

__all__ = ("alike", "has_part", "key", "plain", "same")
