"""The site is served as S3 website hosting serves it."""

import pytest
import requests

# Browsers require the right type for modules and style sheets; S3 stores the type set by the upload.
TYPES = {
    "": {"text/html"},
    "index.html": {"text/html"},
    "style.css": {"text/css"},
    "js/main.js": {"text/javascript", "application/javascript"},
    "config.json": {"application/json"},
}


@pytest.mark.parametrize("path", TYPES)
def test_files_have_their_content_types(stack, path):
    response = requests.get(stack.site + path, timeout=30)
    assert response.status_code == 200
    assert response.headers["Content-Type"].split(";")[0] in TYPES[path]


def test_root_serves_the_index_document(stack):
    assert requests.get(stack.site, timeout=30).text == requests.get(stack.site + "index.html", timeout=30).text


def test_config_json_names_the_api(stack):
    assert requests.get(stack.site + "config.json", timeout=30).json() == {"apiEndpoint": stack.api}


@pytest.mark.parametrize("path", ["", "style.css", "js/main.js"])
def test_matching_etag_returns_304(stack, path):
    first = requests.get(stack.site + path, timeout=30)
    assert first.headers["ETag"].startswith('"')
    assert first.headers["Last-Modified"].endswith(" GMT")
    again = requests.get(stack.site + path, headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    assert again.status_code == 304
    assert again.content == b""


def test_caches_must_revalidate(stack):
    """Otherwise browsers could show an old page after a deployment."""
    for path in ("", "js/main.js", "config.json"):
        cache_control = requests.get(stack.site + path, timeout=30).headers.get("Cache-Control")
        assert cache_control in ("no-cache", "no-store"), path


@pytest.mark.parametrize("path", ["nothing.html", "js/", "../Package.swift", "%2e%2e/Package.swift", "js/..%2f..%2fREADME.md"])
def test_other_paths_are_not_found(stack, path):
    # A prepared request keeps the path unnormalized.
    request = requests.Request("GET", stack.site).prepare()
    request.url = stack.site + path
    with requests.Session() as session:
        response = session.send(request, timeout=30)
    assert response.status_code in (400, 403, 404)
    assert "swift-tools-version" not in response.text
