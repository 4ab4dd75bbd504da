import JSON

/// An HTTP response that a function passes to API Gateway.
package struct ProxyResponse: Equatable, Sendable {
    package var status: Int
    /// The header fields, in their order.
    package var headers: [(name: String, value: String)]
    /// Must be valid UTF-8; nil for no body.
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
    /// values are joined with commas (RFC 9110, section 5.3), which would be wrong for `Set-Cookie`. Names are compared
    /// case-sensitively.
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
        var multiple: [(name: String, values: [String])] = []
        writer.key("headers")
        writer.object {
            // A response has a few fields: comparing their names takes less time than hashing them.
            for (index, field) in headers.enumerated() {
                if headers[..<index].contains(where: { $0.name == field.name }) { continue }
                guard headers[(index + 1)...].contains(where: { $0.name == field.name }) else {
                    $0.key(field.name)
                    $0.string(field.value)
                    continue
                }
                let values = headers.filter { $0.name == field.name }.map(\.value)
                switch format {
                case .version1: multiple.append((field.name, values))
                case .version2:
                    $0.key(field.name)
                    $0.string(values.joined(separator: ", "))
                }
            }
        }
        guard !multiple.isEmpty else { return }
        writer.key("multiValueHeaders")
        writer.object {
            for (name, values) in multiple {
                $0.key(name)
                $0.array { for value in values { $0.string(value) } }
            }
        }
    }
}
