import JSON

/// An HTTP response that a function passes to API Gateway.
package struct ProxyResponse: Equatable, Sendable {
    package var status: Int
    /// The header fields, in their order.
    package var headers: [(name: String, value: String)]
    /// UTF-8; the caller ensures that it is well-formed.
    package var body: [UInt8]?

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func == (left: ProxyResponse, right: ProxyResponse) -> Bool {
        left.status == right.status && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The response as JSON, for an event of `format`.
    ///
    /// In format 1.0, fields that occur more than once become `multiValueHeaders`. Format 2.0 has no such member: their
    /// values are joined with commas (RFC 9110, section 5.3).
    package func json(for format: ProxyRequest.PayloadFormat) -> [UInt8] {
        let bodySize = body?.count ?? 0
        var writer = JSONWriter(capacity: 256 + bodySize + bodySize / 4)
        writer.object {
            $0.member("statusCode", status)
            writeHeaders(to: &$0, format)
            if let body {
                $0.key("body")
                $0.string(utf8: body)
            }
        }
        return writer.bytes
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
