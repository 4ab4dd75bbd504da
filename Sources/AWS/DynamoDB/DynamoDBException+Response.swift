import HTTPMessage
import JSON
import NIOCore

extension DynamoDBException {
    /// Reads a response whose status is not 200. If its body is not DynamoDB's, for example because an intermediary sent
    /// it, the code and the request id come from the headers, where present.
    init(_ response: HTTPResponse) {
        let body = response.body.withUnsafeReadableBytes { bytes in
            var reader = JSONReader(bytes)
            return (try? Body(reading: &reader)) ?? Body()
        }
        let type = body.type ?? response.headers.first(name: "x-amzn-errortype")
        let name = type.map(Self.name(inType:)) ?? ""
        self.init(
            Code(name: name),
            message: Self.withoutQuotedRequest(body.message ?? ""),
            status: response.status,
            requestID: response.headers.first(name: "x-amzn-requestid"),
            item: body.item
        )
    }

    /// Cuts a message off before it quotes the request: the one for a wrong signature continues on the next lines with
    /// the canonical request, including the session token, and the one for an incomplete signature quotes the header.
    private static func withoutQuotedRequest(_ message: String) -> String {
        let bytes = message.utf8
        let algorithm = "AWS4-".utf8
        let end = bytes.indices.first { index in
            bytes[index] == UInt8(ascii: "\n") || bytes[index] == UInt8(ascii: "\r")
                || bytes[index] == UInt8(ascii: "A") && bytes[index...].starts(with: algorithm)
        }
        return String(message[..<(end ?? bytes.endIndex)])
    }

    private struct Body {
        var type: String?
        var message: String?
        var item: [UInt8]?

        init() {}

        init(reading reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "__type": type = try reader.readString()
                case "message", "Message": message = try reader.readNullIfPresent() ? nil : reader.readString()
                case "Item": item = Array(reader.bytes[try reader.skipValue()])
                default: try reader.skipValue()
                }
            }
            try reader.finish()
        }
    }

    /// `com.amazonaws.dynamodb.v20120810#ValidationException` in bodies, `ValidationException:http://…` in headers.
    private static func name(inType type: String) -> String {
        let withoutNamespace = type.lastIndex(of: "#").map { type[$0...].dropFirst() } ?? type[...]
        return String(withoutNamespace.prefix { $0 != ":" })
    }
}
