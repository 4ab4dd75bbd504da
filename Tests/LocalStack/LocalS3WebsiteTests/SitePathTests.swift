import LocalS3Website
import Testing

@Suite
struct SitePathTests {
    @Test(arguments: [
        ("/", ["index.html"]),
        ("/js/", ["js", "index.html"]),
        ("/js/main.js", ["js", "main.js"]),
        ("/%E5%8F%A4%E6%B1%A0.html", ["古池.html"]),
        ("/a%20b.html", ["a b.html"]),
        ("/a..b", ["a..b"]),
        ("/a/%CC%81b", ["a", "\u{301}b"]),
    ])
    func `a valid path is split into its components`(path: String, components: [String]) {
        #expect(SitePath(path)?.components == components)
    }

    @Test(arguments: [
        "", "a", "//", "/../x", "/a/../../x", "/%2e%2e/x", "/..%2fx", "/a%2f..%2f..%2fx", "/a\\..\\x", "/%5c..",
        "/a%00.html",
        // U+06DD combines with the next character, U+0301 with the one before: the slash is not a `Character` of its own.
        "/%DB%9D/../", "/a/.%CC%81b", "/%DB%9D/.git",
        "/.git/config", "/a/.hidden", "/%2egit/config", "/./x", "/a//b", "/%zz", "/%1", "/%+1", "/%ff",
    ])
    func `a path that is malformed, names a hidden file or could lead out of the folder is rejected`(path: String) {
        #expect(SitePath(path) == nil)
    }
}
