import Encoding
import JSON

extension ProxyRequest {
    /// Parses a proxy event: JSON of payload format 1.0 or 2.0.
    package init(parsing event: UnsafeRawBufferPointer) throws(ProxyEventError) {
        let members: ProxyEventDecoder
        do {
            members = try ProxyEventDecoder(parsing: event)
        } catch {
            throw .malformed("\(error)")
        }
        guard let method = members.method else { throw .noMethod }
        let format: PayloadFormat = members.version == "2.0" ? .version2 : .version1
        self.init(
            format: format,
            method: method.uppercased(),
            path: Self.path(members, format),
            pathParameters: members.pathParameters,
            query: Self.query(members),
            headers: Self.headers(members),
            body: try Self.body(members)
        )
    }

    /// In format 2.0, the path begins with the name of the stage (`/prod/haiku`), unless that is `$default`.
    private static func path(_ members: ProxyEventDecoder, _ format: PayloadFormat) -> [String] {
        // Splits the UTF-8, because a slash and a combining accent after it are one Character, which is not a slash.
        var segments = (members.rawPath ?? "/").utf8.split(separator: UInt8(ascii: "/"))
            .map { PercentEncoding.decode($0) }
        if format == .version2, let stage = members.stage, stage != "$default", segments.first == stage {
            segments.removeFirst()
        }
        return segments
    }

    /// Prefers the raw query (2.0) and `multiValueQueryStringParameters` (1.0): `queryStringParameters` joins the values of
    /// a repeated parameter with commas (2.0) or has only the last (1.0).
    private static func query(_ members: ProxyEventDecoder) -> [String: [String]] {
        if let raw = members.rawQuery {
            return Dictionary(grouping: PercentEncoding.parameters(ofQuery: raw), by: \.name)
                .mapValues { $0.map(\.value) }
        }
        return members.multiQuery.merging(members.singleQuery.mapValues { [$0] }) { multi, _ in multi }
    }

    private static func headers(_ members: ProxyEventDecoder) -> HeaderFields {
        guard !members.multiHeaders.isEmpty else { return HeaderFields(members.singleHeaders) }
        // HeaderFields returns the first field with a name, so multiValueHeaders take precedence.
        let firstValues = members.multiHeaders.compactMap { name, values in values.first.map { (name: name, value: $0) }
        }
        return HeaderFields(firstValues + members.singleHeaders)
    }

    private static func body(_ members: ProxyEventDecoder) throws(ProxyEventError) -> [UInt8] {
        guard let body = members.body else { return [] }
        guard members.isBase64Encoded else { return Array(body.utf8) }
        guard let bytes = try? Base64.decode(body.utf8) else { throw .bodyIsNotBase64 }
        return bytes
    }
}
