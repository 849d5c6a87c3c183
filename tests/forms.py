"""The forms of a page as a browser without scripts fills them in and sends them."""

import re
from html.parser import HTMLParser

HTML = {"Accept": "text/html"}


class Reader(HTMLParser):
    """What stands in the controls of every form of a page."""

    def __init__(self):
        super().__init__()
        self.forms, self._select, self._area = [], None, None

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.forms.append({"action": said.get("action"), "fields": []})
        elif not self.forms:
            return
        elif tag == "input" and said.get("name") and self._is_sent(said):
            self._field(said["name"], said.get("value", "on"))
        elif tag == "select":
            self._select = said.get("name")
            self._chosen = None
        elif tag == "option" and self._select:
            if self._chosen is None or "selected" in said:
                self._chosen = said.get("value", "")
        elif tag == "textarea":
            self._area = (said.get("name"), [])

    def _is_sent(self, said):
        kind = said.get("type", "text")
        return kind != "file" and (kind not in ("radio", "checkbox") or "checked" in said)

    def handle_endtag(self, tag):
        if tag == "select" and self._select:
            self._field(self._select, self._chosen or "")
            self._select = None
        elif tag == "textarea" and self._area:
            self._field(self._area[0], "".join(self._area[1]))
            self._area = None

    def handle_data(self, data):
        if self._area:
            self._area[1].append(data)

    def _field(self, name, value):
        self.forms[-1]["fields"].append((name, value))


def fields_of(html, action):
    """What the form that is sent to `action` holds, as {name: [values]}."""
    reader = Reader()
    reader.feed(html)
    found = next(f for f in reader.forms if f["action"] == action)
    made = {}
    for name, value in found["fields"]:
        made.setdefault(name, []).append(value)
    return made


class Desk:
    """One person at the pages of recording, without scripts."""

    def __init__(self, client, headers, language="en"):
        self.client = client
        self.headers = {**headers, **HTML, "Accept-Language": language}

    def get(self, path):
        return self.client.get(path, headers=self.headers)

    def open(self, action, query=""):
        got = self.get(f"/record/{action}{query}")
        assert got.status_code == 200, got.text
        return fields_of(got.text, f"/record/{action}")

    def send(self, action, fields, step, **typed):
        data = {**fields, "step": step, **{named(k): v for k, v in typed.items()}}
        return self.client.post(f"/record/{action}", data=data, headers=self.headers)

    def look(self, action, query="", **typed):
        """Fill the form in and look it over."""
        return self.send(action, self.open(action, query), "look", **typed)

    def record(self, action, query="", **typed):
        """Fill it in, look it over, record it."""
        looked = self.look(action, query, **typed)
        assert looked.status_code == 200, text(looked)
        return self.again(action, looked, "record")

    def again(self, action, got, step, **typed):
        """Press a button of the page that was answered."""
        return self.send(action, fields_of(got.text, f"/record/{action}"), step, **typed)


def named(key):
    """`person` is the control `f.person`; `occurred_at_` the command's own."""
    if key.endswith("_"):
        return key[:-1]
    return f"f.{key.replace('__', '.')}"


def text(got):
    """What a page says, without its markup."""
    html = got if isinstance(got, str) else got.text
    main = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
