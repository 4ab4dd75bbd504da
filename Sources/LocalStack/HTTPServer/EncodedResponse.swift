import HTTPConnection
package import NIOCore

/// A response as bytes.
package struct EncodedResponse: Sendable {
    /// The head, and the body unless it is long.
    package private(set) var head: ByteBuffer
    /// A long body, which is not copied.
    package private(set) var body: ByteBuffer?

    /// Copying a body of up to this many bytes behind the head is cheaper than a second write.
    private static let coalescingThreshold = 1 << 14

    /// - Parameters:
    ///   - isHead: Whether the response is to a HEAD request, and so has the head of GET and no body.
    ///   - connectionOption: The value of `Connection`, if that field is needed.
    init(_ response: HTTPResponse, isHead: Bool, date: String, connectionOption: String?) {
        let (length, fields) = (response.body.readableBytes, response.headers.lines)
        // RFC 9110, section 8.6: a 204 has neither content nor a length; a 304 may have a length, which is omitted.
        let hasContent = response.status != 204 && response.status != 304
        let isCopied = hasContent && !isHead && length <= Self.coalescingThreshold
        head = ByteBuffer()
        head.reserveCapacity(160 + fields.readableBytes + (isCopied ? length : 0))
        head.writeString("HTTP/1.1 ")
        head.writeString(String(response.status))
        head.writeString(" ")
        head.writeString(Self.reasons[response.status] ?? "")
        head.writeString("\r\n")
        head.writeImmutableBuffer(fields)
        if hasContent { write("Content-Length", String(length)) }
        if let connectionOption { write("Connection", connectionOption) }
        write("Date", date)
        head.writeString("\r\n")
        if isCopied { head.writeImmutableBuffer(response.body) } else if hasContent, !isHead { body = response.body }
    }

    private mutating func write(_ name: String, _ value: String) {
        head.writeString(name)
        head.writeString(": ")
        head.writeString(value)
        head.writeString("\r\n")
    }

    /// The reason phrases of the common statuses; others have none. While botocore expects `100 Continue`, it ignores a
    /// response without a reason phrase.
    private static let reasons = [
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 302: "Found", 304: "Not Modified",
        400: "Bad Request", 403: "Forbidden", 404: "Not Found", 413: "Content Too Large", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
        503: "Service Unavailable",
    ]
}
