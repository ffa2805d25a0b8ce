"""The full page /chat/NAME as a link preview and a visitor without scripts see it."""
import html.parser

import pytest
from test_tenants import create, demo_dataset, public_key

HOSTILE = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.meta, self.tags, self.title, self.words, self.lang = {}, [""], "", "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        if tag == "html":
            self.lang = attributes["lang"]
        if tag == "meta":
            self.meta[attributes.get("property") or attributes.get("name")] = attributes.get("content")

    def handle_data(self, data):
        if self.tags[-1] == "title" and not self.title:
            self.title = data
        elif self.tags[-1] == "p":
            self.words += data


def get(server, name, language=None):
    status, headers, body = server.request("GET", "/chat/" + name, None, {"Accept-Language": language} if language else {})
    return status, headers, Page(body.decode())


def make(server, tmp_path, **bot):
    dataset = demo_dataset()
    dataset["bot"].update(bot)
    return public_key(create(server, tmp_path, dataset))


def test_a_link_is_previewed_by_slug_and_by_key(server, tmp_path):
    key = make(server, tmp_path, name="Second house", slug="second-house", greeting={"en": "Hello there", "de": "Guten Tag"},
               locales=["en", "de"], theme={"logo": "https://second.example/logo.png"})
    for name in ("second-house", key):
        status, headers, page = get(server, name, "de-AT,de;q=0.9,en;q=0.5")
        assert status == 200 and page.lang == "de" and page.title == "Second house"
        assert page.meta["og:title"] == "Second house" and page.meta["og:description"] == "Guten Tag" == page.meta["description"]
        assert page.meta["og:image"] == "https://second.example/logo.png" and page.meta["og:locale"] == "de"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert get(server, "second-house", "fr")[2].lang == "en"
    status, _, page = get(server, "pk_demo")
    assert status == 200 and "og:image" not in page.meta, "a bot without a picture has no empty one"


def test_names_and_greetings_are_text(server, tmp_path):
    make(server, tmp_path, name=HOSTILE[:80], slug="hostile", greeting=HOSTILE, theme={"logo": "https://e.example/\"><script>"[:30]})
    _, _, plain = get(server, "pk_demo")
    _, _, page = get(server, "hostile")
    assert page.title == HOSTILE[:80] and page.meta["og:description"] == HOSTILE
    assert sorted(set(page.tags)) == sorted(set(plain.tags)), "no element but the page's own"


@pytest.mark.parametrize("language,words", [
    ("de", "Unter dieser Adresse gibt es keinen Chat."), ("fr-CH, en;q=0.8", "Il n’y a pas de chat à cette adresse."),
    ("xx", "There is no chat at this address."), (None, "There is no chat at this address."),
    ("<script>", "There is no chat at this address.")])
def test_an_unknown_name_is_a_friendly_page_in_the_visitors_language(server, language, words):
    for name in ("nobody-here", "pk_nobody", "%3Cscript%3E", "a" * 200):
        status, _, page = get(server, name, language)
        assert status == 404 and page.title == words and words in page.words, (page.title, page.words)
