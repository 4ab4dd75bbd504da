import Encoding
import JSON

extension ProxyRequest {
    /// Reads the event of an invocation: JSON of payload format 1.0 or 2.0.
    ///
    /// - Throws: ``ProxyEventError`` when it is not such an event.
    public init(parsing event: UnsafeRawBufferPointer) throws(ProxyEventError) {
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
            body: try Self.body(members),
            requestID: members.requestID
        )
    }

    /// Only format 2.0 has the stage's name in front of the path (`/prod/haiku`), unless it is `$default`.
    private static func path(_ members: ProxyEventDecoder, _ format: PayloadFormat) -> [String] {
        // Bytes, not characters: to Swift, a slash and an accent behind it are one character that is no slash.
        var segments = (members.rawPath ?? "/").utf8.split(separator: UInt8(ascii: "/"))
            .map { PercentEncoding.decode($0) }
        if format == .version2, let stage = members.stage, stage != "$default", segments.first == stage {
            segments.removeFirst()
        }
        return segments
    }

    /// The raw query is the one form that neither joins repeated names by commas nor drops all but the last.
    private static func query(_ members: ProxyEventDecoder) -> [String: [String]] {
        if let raw = members.rawQuery {
            return Dictionary(grouping: PercentEncoding.parameters(ofQuery: raw), by: \.name)
                .mapValues { $0.map(\.value) }
        }
        return members.multiQuery.merging(members.singleQuery.mapValues { [$0] }) { multi, _ in multi }
    }

    private static func headers(_ members: ProxyEventDecoder) -> HeaderFields {
        var headers = HeaderFields()
        for (name, value) in members.singleHeaders { headers.append(value, to: name) }
        for (name, values) in members.multiHeaders { headers.replace(name, with: values) }
        return headers
    }

    private static func body(_ members: ProxyEventDecoder) throws(ProxyEventError) -> [UInt8] {
        guard let body = members.body else { return [] }
        guard members.isBase64Encoded else { return Array(body.utf8) }
        guard let bytes = try? Base64.decode(body.utf8) else { throw .bodyIsNotBase64 }
        return bytes
    }
}
