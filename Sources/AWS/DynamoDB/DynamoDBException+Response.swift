import HTTPConnection
import JSON
import NIOCore

extension DynamoDBException {
    /// The refusal that a reply with a status other than 200 stands for. A body that is not the service's own, such as
    /// that of a load balancer on the way, leaves the status alone to judge by.
    init(_ response: HTTPResponse) {
        let body = response.body.withUnsafeReadableBytes { bytes in
            var reader = JSONReader(bytes)
            return (try? Body(reading: &reader)) ?? Body()
        }
        let type = body.type ?? response.headers.first(name: "x-amzn-errortype")
        let name = type.map(Self.name(inType:)) ?? ""
        self.init(
            Code(name: name),
            message: Self.withoutQuotes(body.message ?? ""),
            status: response.status,
            requestID: response.headers.first(name: "x-amzn-requestid"),
            item: body.item
        )
    }

    /// The words before anything that was sent is quoted: what is said of a wrong signature goes on, on the next lines,
    /// with all that was signed, the session token among it, and of an incomplete one with the field itself.
    private static func withoutQuotes(_ message: String) -> String {
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
        var item: [String: AttributeValue]?

        init() {}

        init(reading reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "__type": type = try reader.readString()
                case "message", "Message": message = try reader.readNullIfPresent() ? nil : reader.readString()
                case "Item": item = try AttributeValue.readItem(&reader)
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
