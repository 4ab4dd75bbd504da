import LoadClient
import Testing

struct EndpointTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/haiku"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/haiku"),
        (
            "https://abc.execute-api.eu-west-1.amazonaws.com/prod",
            "https://abc.execute-api.eu-west-1.amazonaws.com/prod/haiku"
        ),
        (
            "https://abc.execute-api.eu-west-1.amazonaws.com/prod/",
            "https://abc.execute-api.eu-west-1.amazonaws.com/prod/haiku"
        ),
        ("http://[::1]:8080", "http://[::1]:8080/haiku"),
        ("HTTP://localhost", "http://localhost/haiku"),
    ])
    func `a base URL may have a path and a trailing slash`(text: String, haiku: String) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.haiku == haiku)
        #expect(endpoint.list(limit: 30) == haiku + "?limit=30")
    }

    @Test(arguments: [
        "", "8080", "localhost:8080", "ftp://localhost", "http://", "http://a b", "http://localhost?x=1",
        "http://localhost/#x", "post_many", "http://localhost:99999",
    ])
    func `an invalid endpoint is rejected`(text: String) {
        #expect(throws: EndpointError.self) { try Endpoint(text) }
    }

    @Test(arguments: [
        ("http://localhost:8080", true), ("http://127.0.0.1", true), ("http://127.9.9.9", true),
        ("http://[::1]:80", true), ("http://haiku.localhost", true), ("http://LOCALHOST", true),
        ("http://128.0.0.1", false), ("http://notlocalhost", false), ("https://localhost.example.com", false),
        ("http://127.0.0.1.example.com", false),
        ("https://abc.execute-api.eu-west-1.amazonaws.com", false),
    ])
    func `loopback hosts are recognized`(text: String, isLoopback: Bool) throws {
        #expect(try Endpoint(text).isLoopback == isLoopback)
    }

    /// The forms of RFC 3986, section 5.4, that `Link` headers use.
    @Test(arguments: [
        ("?limit=2&cursor=abc", "http://h:1/prod/haiku?limit=30", "http://h:1/prod/haiku?limit=2&cursor=abc"),
        ("?cursor=a%3D", "http://h:1/haiku", "http://h:1/haiku?cursor=a%3D"),
        ("/prod/haiku?cursor=a", "http://h:1/prod/haiku?limit=1", "http://h:1/prod/haiku?cursor=a"),
        ("haiku?cursor=a", "http://h:1/prod/haiku?limit=1", "http://h:1/prod/haiku?cursor=a"),
        ("https://other/haiku", "http://h:1/haiku", "https://other/haiku"),
    ])
    func `links are resolved against the URL of their page`(reference: String, base: String, resolved: String) {
        #expect(Endpoint.resolve(reference, against: base) == resolved)
    }

    @Test(arguments: [
        ("haiku/00112233445566778899aabbccddeeff", "00112233445566778899aabbccddeeff"),
        ("/prod/haiku/0a", "0a"), ("http://h/prod/haiku/0a", "0a"), ("haiku/a%20b", "a b"),
        ("/haiku/0a", nil), ("haiku/", nil), ("haiku", nil), ("http://other/prod/haiku/0a", nil), ("haiku/0a/1", nil),
        ("haiku/%zz", nil), ("haiku/%F", nil),
    ])
    func `a location is resolved against the base URL`(location: String, id: String?) throws {
        #expect(try Endpoint("http://h/prod").itemID(inLocation: location)?.text == id)
    }

    @Test(arguments: [("0a", "0a"), ("a b", "a%20b"), ("a/b?c#d", "a%2Fb%3Fc%23d"), ("é", "%C3%A9"), ("\n", "%0A")])
    func `ids are percent-encoded in paths`(text: String, encoded: String) throws {
        let id = try #require(ItemID(text))
        #expect(id.percentEncoded == encoded)
        #expect(ItemID(percentEncoded: encoded) == id)
    }
}
