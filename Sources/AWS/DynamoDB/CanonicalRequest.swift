import Encoding

/// The canonical form of a request, which client and service derive independently (AWS: "Create a signed AWS API
/// request", step 1).
package struct CanonicalRequest: Sendable {
    package let bytes: [UInt8]
    /// The lower-case names of the signed headers, sorted and separated by semicolons.
    let signedHeaders: [UInt8]

    /// - Parameters:
    ///   - path: The path, percent-encoded as it is sent.
    ///   - query: The query, percent-encoded as it is sent, without the question mark.
    ///   - headers: The headers to sign, which must include `Host` and `X-Amz-Date`. Names may repeat.
    ///   - payloadHash: The SHA-256 of the body in hexadecimal.
    ///   - normalizesPath: Whether `.`, `..` and repeated slashes are resolved, as AWS services except S3 do. S3's paths
    ///     cannot be signed, since they are percent-encoded only once.
    package init(
        method: String,
        path: String,
        query: String = "",
        headers: [(name: String, value: String)],
        payloadHash: String,
        normalizesPath: Bool = true
    ) {
        // The values of a repeated name stay in their order, because sorting is stable.
        let headers = headers.map { (name: $0.name.lowercased(), value: $0.value) }.sorted { $0.name < $1.name }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + headers.reduce(0) { $0 + $1.value.utf8.count })
        bytes.append(utf8: method)
        bytes.append(UInt8(ascii: "\n"))
        Self.append(path: path, normalized: normalizesPath, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        Self.append(query: query, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        var signedHeaders: [UInt8] = []
        signedHeaders.reserveCapacity(128)
        var previous: String?
        for header in headers {
            if header.name == previous {
                bytes[bytes.count - 1] = UInt8(ascii: ",")
            } else {
                if previous != nil { signedHeaders.append(UInt8(ascii: ";")) }
                signedHeaders.append(utf8: header.name)
                bytes.append(utf8: header.name)
                bytes.append(UInt8(ascii: ":"))
            }
            Self.append(headerValue: header.value, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
            previous = header.name
        }
        bytes.append(UInt8(ascii: "\n"))
        bytes += signedHeaders
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(utf8: payloadHash)
        self.bytes = bytes
        self.signedHeaders = signedHeaders
    }

    /// Percent-encodes each segment, even if it already is percent-encoded.
    private static func append(path: String, normalized: Bool, to bytes: inout [UInt8]) {
        guard path != "/" else { return bytes.append(UInt8(ascii: "/")) }
        var segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
        if normalized {
            let isFolder = segments.last.map { $0.isEmpty || $0 == Array(".".utf8) || $0 == Array("..".utf8) } ?? true
            segments = segments.reduce(into: []) { kept, segment in
                switch segment {
                case [], Array(".".utf8): break
                case Array("..".utf8): _ = kept.popLast()
                default: kept.append(segment)
                }
            }
            segments.insert([], at: 0)
            if isFolder || segments.count == 1 { segments.append([]) }
        }
        for (index, segment) in segments.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "/")) }
            bytes.append(contentsOf: PercentEncoding.encode(segment))
        }
    }

    /// Sorts the parameters by name, then by value, in their encoded form.
    private static func append(query: String, to bytes: inout [UInt8]) {
        guard !query.isEmpty else { return }
        let parameters = query.utf8.split(separator: UInt8(ascii: "&")).map { parameter in
            let equals = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.endIndex
            return (name: reencoded(parameter[..<equals]), value: reencoded(parameter[equals...].dropFirst()))
        }
        .sorted {
            $0.name == $1.name
                ? $0.value.lexicographicallyPrecedes($1.value) : $0.name.lexicographicallyPrecedes($1.name)
        }
        for (index, parameter) in parameters.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes.append(contentsOf: parameter.name)
            bytes.append(UInt8(ascii: "="))
            bytes.append(contentsOf: parameter.value)
        }
    }

    /// Trims the value and replaces each run of white space inside with one space.
    private static func append(headerValue: String, to bytes: inout [UInt8]) {
        // The fast path matters for the session token, which is long and has no white space.
        guard headerValue.utf8.contains(where: isSpace) else { return bytes.append(utf8: headerValue) }
        let words = headerValue.utf8.split(whereSeparator: isSpace)
        bytes.append(contentsOf: words.joined(separator: [0x20]))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func reencoded(_ text: Substring.UTF8View) -> [UInt8] {
        PercentEncoding.encode(PercentEncoding.decodeBytes(text))
    }
}
