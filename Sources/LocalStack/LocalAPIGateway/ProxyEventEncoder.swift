import Encoding
import Foundation
import HTTPMessage
package import HTTPServer
import JSON
package import NIOCore
import ServerlessTemplate
import Time

/// Encodes a request as the event that a function receives, in payload format 2.0.
///
/// HTTP APIs decode the path, for `rawPath` too in spite of its name, but not `rawQueryString`.
package struct ProxyEventEncoder {
    let request: Request
    let match: RouteMatch
    /// Such as `JKJaXmPLvHcESHA=`.
    let requestID: String
    /// An X-Ray trace header. One that API Gateway generates has only a root.
    let traceHeader: String
    /// Milliseconds since 1970.
    let time: Int

    package init(request: Request, match: RouteMatch) {
        self.request = request
        self.match = match
        requestID = Identifier.random(15, of: Self.requestIDAlphabet) + "="
        time = Int(WallClock.milliseconds())
        traceHeader =
            request.headers.first(name: "x-amzn-trace-id")
            ?? "Root=1-\(String(time / 1_000, radix: 16))-\(Identifier.hexadecimal(24))"
    }

    private static let requestIDAlphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    /// The event as JSON.
    package func payload() -> ByteBuffer {
        let path = PercentEncoding.decode(request.path.utf8)
        var writer = JSONWriter(capacity: 1_536 + request.body.readableBytes * 4 / 3)
        writer.object {
            $0.member("version", "2.0")
            $0.member("routeKey", match.route.key)
            $0.member("rawPath", path)
            $0.member("rawQueryString", request.query ?? "")
            writeHeaders(to: &$0)
            if let query = request.query, !query.isEmpty {
                $0.key("queryStringParameters")
                Self.write(Self.parameters(of: query), to: &$0)
            }
            writeContext(path: path, to: &$0)
            if !match.parameters.isEmpty {
                $0.key("pathParameters")
                Self.write(match.parameters, to: &$0)
            }
            writeBody(to: &$0)
        }
        return ByteBuffer(bytes: writer.bytes)
    }

    /// The query's parameters, decoded, in the order of their first occurrence. The values of a parameter that occurs more
    /// than once are joined by commas.
    package static func parameters(of query: String) -> [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        for (name, value) in PercentEncoding.parameters(ofQuery: query) { add(name, value, to: &parameters) }
        return parameters
    }

    private static func add(_ name: String, _ value: String, to members: inout [(name: String, value: String)]) {
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].value += ",\(value)"
        } else {
            members.append((name, value))
        }
    }

    private static func write(_ members: [(name: String, value: String)], to writer: inout JSONWriter) {
        writer.object {
            for (name, value) in members {
                $0.key(name)
                $0.string(value)
            }
        }
    }

    /// Writes `headers`, with names in lower case and the values of each name joined by commas, and `cookies`.
    private func writeHeaders(to writer: inout JSONWriter) {
        var headers: [(name: String, value: String)] = []
        var cookies: [Substring] = []
        for field in request.headers {
            let name = field.name.lowercased()
            if name == "cookie" {
                cookies += field.value.split(separator: "; ")
            } else {
                Self.add(name, field.value, to: &headers)
            }
        }
        func set(_ name: String, _ value: String) {
            headers.removeAll { $0.name == name }
            headers.append((name, value))
        }
        let host = request.host ?? "localhost"
        set("host", host)
        set("x-amzn-trace-id", traceHeader)
        let forwarded = request.headers.first(name: "x-forwarded-for").map { "\($0), " } ?? ""
        set("x-forwarded-for", forwarded + Self.sourceIP)
        set("x-forwarded-port", host.split(separator: ":").last.flatMap { UInt16($0) }.map(String.init) ?? "80")
        set("x-forwarded-proto", "http")
        if !cookies.isEmpty {
            writer.key("cookies")
            writer.array { for cookie in cookies { $0.string(String(cookie)) } }
        }
        writer.key("headers")
        Self.write(headers, to: &writer)
    }

    /// The servers listen only on the loopback interface, so that every client has this address.
    private static let sourceIP = "127.0.0.1"

    private func writeContext(path: String, to writer: inout JSONWriter) {
        writer.key("requestContext")
        writer.object {
            $0.member("accountId", "000000000000")
            $0.member("apiId", "local")
            $0.member("domainName", request.host ?? "localhost")
            $0.member("domainPrefix", "local")
            $0.key("http")
            $0.object {
                $0.member("method", request.method)
                $0.member("path", path)
                $0.member("protocol", "HTTP/1.1")
                $0.member("sourceIp", Self.sourceIP)
                $0.member("userAgent", request.headers.first(name: "user-agent") ?? "")
            }
            $0.member("requestId", requestID)
            $0.member("routeKey", match.route.key)
            $0.member("stage", "$default")
            $0.member("time", CommonLogFormat.time(millisecondsSince1970: Int64(time)))
            $0.member("timeEpoch", time)
        }
    }

    /// Writes the body as text if its content type is a text type and it is valid UTF-8, and in base64 otherwise.
    private func writeBody(to writer: inout JSONWriter) {
        var isBase64 = false
        if request.body.readableBytes > 0 {
            let bytes = request.body.readableBytesView
            writer.key("body")
            if Self.isText(request.headers.first(name: "content-type")),
                let text = String(validating: bytes, as: UTF8.self)
            {
                writer.string(text)
            } else {
                isBase64 = true
                writer.string(Data(bytes).base64EncodedString())
            }
        }
        writer.member("isBase64Encoded", isBase64)
    }

    /// Whether API Gateway passes bodies with this content type on as text.
    static func isText(_ contentType: String?) -> Bool {
        guard let type = contentType?.split(separator: ";").first?.lowercased() else { return false }
        let trimmed = type.split(separator: " ").first ?? ""
        if trimmed.hasPrefix("text/") || trimmed.hasSuffix("+json") || trimmed.hasSuffix("+xml") { return true }
        return ["application/json", "application/javascript", "application/xml"].contains(String(trimmed))
    }
}
