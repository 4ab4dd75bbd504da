import HTTPConnection
import Testing

@Suite
struct HTTPEndpointTests {
    @Test(arguments: [
        ("http://127.0.0.1:8000", "127.0.0.1", 8000, "127.0.0.1:8000"),
        ("http://127.0.0.1:8000/", "127.0.0.1", 8000, "127.0.0.1:8000"),
        ("http://localhost", "localhost", 80, "localhost"),
        (
            "HTTPS://dynamodb.eu-west-1.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com", 443,
            "dynamodb.eu-west-1.amazonaws.com"
        ),
        ("https://example.com:80", "example.com", 80, "example.com:80"),
        ("http://[::1]:8000", "::1", 8000, "[::1]:8000"),
        ("https://[fe80::1]/", "fe80::1", 443, "[fe80::1]"),
    ])
    func `a URL is parsed into host, port and authority`(url: String, host: String, port: Int, authority: String) throws
    {
        let endpoint = try HTTPEndpoint(parsing: url)
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
        #expect(endpoint.authority == authority)
    }

    @Test(arguments: [
        ("", HTTPEndpointError.missingScheme), ("localhost:8000", .missingScheme), ("http:/x", .missingScheme),
        ("ftp://localhost", .unsupportedScheme), ("://localhost", .unsupportedScheme),
        ("http://", .invalidHost), ("http://:80", .invalidHost), ("http://a b", .invalidHost),
        ("http://[::1", .invalidHost), ("http://[]", .invalidHost), ("http://[::1]8000", .invalidHost),
        ("http://[localhost]", .invalidHost), ("http://a\r\nb", .invalidHost),
        ("http://a:", .invalidPort), ("http://a:0", .invalidPort), ("http://a:65536", .invalidPort),
        ("http://a:+80", .invalidPort), ("http://a:8o", .invalidPort), ("http://::1", .invalidHost),
        ("http://a/path", .notOnlyHostAndPort), ("http://me:secret@a", .notOnlyHostAndPort),
        ("http://a?q", .notOnlyHostAndPort), ("http://a#f", .notOnlyHostAndPort),
    ])
    func `an invalid URL is rejected with a reason`(url: String, error: HTTPEndpointError) {
        #expect(throws: error) { try HTTPEndpoint(parsing: url) }
    }

    @Test
    func `the Runtime API's host and port are parsed`() throws {
        let endpoint = try HTTPEndpoint(hostAndPort: "127.0.0.1:9001")
        #expect(endpoint == (try HTTPEndpoint(parsing: "http://127.0.0.1:9001")))
        #expect(throws: HTTPEndpointError.invalidPort) { try HTTPEndpoint(hostAndPort: "127.0.0.1") }
        #expect(throws: HTTPEndpointError.invalidPort) { try HTTPEndpoint(hostAndPort: "http://127.0.0.1:9001") }
    }
}
