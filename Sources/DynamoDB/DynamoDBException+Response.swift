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
        var message = body.message ?? ""
        // The words on a wrong signature go on to quote all that was signed, the session token among it.
        if name.utf8.indices.contains(where: { name.utf8[$0...].starts(with: "Signature".utf8) }) { message = String(message.prefix { !$0.isNewline }) }
        self.init(
            Code(name: name),
            message: message,
            status: response.status,
            requestID: response.headers.first(name: "x-amzn-requestid"),
            item: body.item
        )
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
