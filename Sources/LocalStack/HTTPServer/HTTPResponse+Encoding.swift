import HTTPMessage
import NIOCore

extension HTTPResponse {
    /// The response as bytes. One to HEAD has the head of one to GET, and no body. `connectionOption` is the value of
    /// `Connection`, if that field is needed.
    func encoded(isHead: Bool, date: String, connectionOption: String?) -> ByteBuffer {
        // RFC 9110, section 8.6: a 204 has neither content nor a length; a 304 may have a length, which is omitted.
        let hasContent = status != 204 && status != 304
        // Appending strings to an array takes a fraction of the time of writing them into a buffer.
        var head: [UInt8] = []
        head.reserveCapacity(160 + headers.lines.count)
        func append(_ parts: String...) { for part in parts { head += part.utf8 } }
        append("HTTP/1.1 ", String(status), " ", Self.reasons[status] ?? "", "\r\n")
        head += headers.lines
        if hasContent { append("Content-Length: ", String(body.readableBytes), "\r\n") }
        if let connectionOption { append("Connection: ", connectionOption, "\r\n") }
        append("Date: ", date, "\r\n\r\n")
        var bytes = ByteBuffer()
        bytes.reserveCapacity(head.count + body.readableBytes)
        bytes.writeBytes(head)
        if hasContent, !isHead { bytes.writeImmutableBuffer(body) }
        return bytes
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
