"""The site is served as S3's website hosting would serve it."""

import pytest
import requests

# What a browser insists on, for modules and style sheets at least; S3 has the type that the upload gave it.
TYPES = {
    "": {"text/html"},
    "index.html": {"text/html"},
    "style.css": {"text/css"},
    "js/main.js": {"text/javascript", "application/javascript"},
    "config.json": {"application/json"},
}


@pytest.mark.parametrize("path", TYPES)
def test_files_have_their_types(stack, path):
    reply = requests.get(stack.site + path, timeout=30)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].split(";")[0] in TYPES[path]


def test_the_index_document_stands_for_the_folder(stack):
    assert requests.get(stack.site, timeout=30).text == requests.get(stack.site + "index.html", timeout=30).text


def test_config_json_names_the_api(stack):
    assert requests.get(stack.site + "config.json", timeout=30).json() == {"apiEndpoint": stack.api}


@pytest.mark.parametrize("path", ["", "style.css", "js/main.js"])
def test_a_file_that_has_not_changed_is_not_sent_again(stack, path):
    first = requests.get(stack.site + path, timeout=30)
    assert first.headers["ETag"].startswith('"')
    assert first.headers["Last-Modified"].endswith(" GMT")
    again = requests.get(stack.site + path, headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    assert again.status_code == 304
    assert again.content == b""


def test_no_cache_keeps_an_old_page_after_a_deployment(stack):
    """Either no word about caching, or at most the word to ask again."""
    for path in ("", "js/main.js", "config.json"):
        caching = requests.get(stack.site + path, timeout=30).headers.get("Cache-Control", "")
        assert caching == "" or "no-cache" in caching or "max-age=0" in caching or "no-store" in caching


@pytest.mark.parametrize("path", ["nothing.html", "js/", "../Package.swift", "%2e%2e/Package.swift", "js/..%2f..%2fREADME.md"])
def test_what_is_not_on_the_site_is_not_found(stack, path):
    # A session of its own that leaves the path as it is.
    request = requests.Request("GET", stack.site).prepare()
    request.url = stack.site + path
    with requests.Session() as session:
        reply = session.send(request, timeout=30)
    assert reply.status_code in (400, 403, 404)
    assert "swift-tools-version" not in reply.text
