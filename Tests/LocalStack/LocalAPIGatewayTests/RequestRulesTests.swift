import HTTPTypes
import Hummingbird
import LocalAPIGateway
import NIOCore
import Testing

@Suite
struct RequestRulesTests {
    static func request(host: String?, path: String = "/", headers: HTTPFields = [:]) -> Request {
        let head = HTTPRequest(method: .get, scheme: "http", authority: host, path: path, headerFields: headers)
        return Request(head: head, body: .init(buffer: ByteBuffer()))
    }

    @Test(arguments: [
        "localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080",
    ])
    func `a request for this machine is accepted`(host: String) {
        #expect(RequestRules.isForThisMachine(Self.request(host: host)))
    }

    @Test(arguments: [
        nil, "", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:8080",
        "127.0.0.2",
        "localhost:99999", "localhost:", "[::2]", "0.0.0.0", "localhost:80:80", "user@localhost",
    ])
    func `a request for another host is rejected`(host: String?) {
        #expect(!RequestRules.isForThisMachine(Self.request(host: host)))
    }

    @Test
    func `a request with a second Host header is rejected`() throws {
        let headers: HTTPFields = [try #require(HTTPField.Name("Host")): "localhost"]
        #expect(!RequestRules.isForThisMachine(Self.request(host: "localhost", headers: headers)))
    }

    @Test
    func `request line and headers together are limited to 10,240 bytes`() throws {
        let short = Self.request(host: "localhost", path: "/" + String(repeating: "a", count: 10_000))
        #expect(RequestRules.isWithinHeaderLimit(short))
        let long = Self.request(
            host: "localhost",
            path: "/" + String(repeating: "a", count: 5_000),
            headers: [.cookie: String(repeating: "b", count: 5_300)]
        )
        #expect(!RequestRules.isWithinHeaderLimit(long))
    }
}
