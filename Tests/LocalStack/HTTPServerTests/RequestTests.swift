import HTTPServer
import Testing

@Suite
struct RequestTests {
    @Test(arguments: [
        "localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080",
        "localhost:",
    ])
    func `localhost, 127.0.0.1 and [::1] are accepted, with or without a port`(host: String) {
        #expect(Request(target: "/", host: host).isFor(HTTPServer.Configuration().hostNames))
    }

    @Test(arguments: [
        "", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:8080", "127.0.0.2",
        "localhost:99999", "[::2]", "0.0.0.0", "localhost:80:80", "user@localhost",
    ])
    func `every other host and every invalid port is rejected`(host: String) {
        #expect(!Request(target: "/", host: host).isFor(HTTPServer.Configuration().hostNames))
    }
}
