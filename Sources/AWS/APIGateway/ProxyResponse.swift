import Encoding
import JSON

/// An HTTP reply for API Gateway to send.
public struct ProxyResponse: Equatable, Sendable {
    /// The body of a reply.
    public enum Body: Equatable, Sendable {
        /// No body.
        case empty
        /// Text, as UTF-8. The caller answers for it being well-formed.
        case text([UInt8])
        /// Bytes of any kind; API Gateway gets them as base64.
        case binary([UInt8])
    }

    /// The status code.
    public var status: Int
    /// The header fields, in their order.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: Body

    /// A reply made of its parts.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether two replies have the same status, fields in the same order, and body.
    public static func == (left: ProxyResponse, right: ProxyResponse) -> Bool {
        left.status == right.status && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The reply as JSON for an event of `format`.
    ///
    /// Fields that occur more than once become `multiValueHeaders` in format 1.0; in format 2.0, which has no such
    /// member, their values are joined by commas (RFC 9110, section 5.3).
    public func json(for format: ProxyRequest.PayloadFormat) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 + bodySize + bodySize / 4)
        writer.object {
            $0.member("statusCode", status)
            writeHeaders(to: &$0, format)
            switch body {
            case .empty: break
            case .text(let utf8):
                $0.key("body")
                $0.string(utf8: utf8)
            case .binary(let bytes):
                $0.key("body")
                $0.string(utf8: Base64.encode(bytes))
                $0.member("isBase64Encoded", true)
            }
        }
        return writer.bytes
    }

    private var bodySize: Int {
        switch body {
        case .empty: 0
        case .text(let bytes), .binary(let bytes): bytes.count
        }
    }

    private func writeHeaders(to writer: inout JSONWriter, _ format: ProxyRequest.PayloadFormat) {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for (name, value) in headers {
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(value)
        }
        let single = format == .version2 ? names : names.filter { values[$0]?.count == 1 }
        writer.key("headers")
        writer.object {
            for name in single {
                $0.key(name)
                $0.string((values[name] ?? []).joined(separator: ", "))
            }
        }
        guard single.count < names.count else { return }
        writer.key("multiValueHeaders")
        writer.object {
            for name in names where !single.contains(name) {
                $0.key(name)
                $0.array { for value in values[name] ?? [] { $0.string(value) } }
            }
        }
    }
}
