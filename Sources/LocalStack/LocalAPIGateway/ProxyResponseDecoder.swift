import Foundation
package import HTTPMessage
import HTTPServer
import JSON
package import NIOCore

/// Decodes a function's response in payload format 2.0, with the defaults that API Gateway infers.
package enum ProxyResponseDecoder {
    /// Returns the HTTP response; nil if `payload` is malformed, which API Gateway turns into a 500.
    ///
    /// A payload without `statusCode` becomes the body of a 200 with content type `application/json`.
    package static func response(from payload: ByteBuffer) -> HTTPResponse? {
        payload.withUnsafeReadableBytes { bytes -> HTTPResponse?? in
            var fields = Fields()
            var reader = JSONReader(bytes)
            do {
                guard try reader.peek() == .object else {
                    try reader.skipValue()
                    try reader.finish()
                    return inferred(payload)
                }
                try fields.read(from: &reader)
                try reader.finish()
            } catch {
                return .none
            }
            guard fields.hasStatus else { return inferred(payload) }
            return fields.response()
        } ?? nil
    }

    private static func inferred(_ payload: ByteBuffer) -> HTTPResponse {
        HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: payload)
    }

    private struct Fields {
        var hasStatus = false
        var status: Int?
        var headers = HTTPHeaderFields()
        /// It points into the payload.
        var body: JSONText?
        var isBase64Encoded = false

        mutating func read(from reader: inout JSONReader) throws {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "statusCode":
                    hasStatus = true
                    let value = try reader.readValue()
                    status = value.int ?? value.string.flatMap { Int($0) }
                case "headers": try readHeaders(from: &reader)
                case "cookies": try readCookies(from: &reader)
                case "body":
                    if try !reader.readNullIfPresent() { body = try reader.readText() }
                case "isBase64Encoded":
                    if try !reader.readNullIfPresent() { isBase64Encoded = try reader.readBool() }
                default: try reader.skipValue()
                }
            }
        }

        private mutating func readHeaders(from reader: inout JSONReader) throws {
            if try reader.readNullIfPresent() { return }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let name = key.string
                let value: String
                switch try reader.peek() {
                case .string: value = try reader.readString()
                case .number: value = try reader.readNumber().text
                case .bool: value = try reader.readBool() ? "true" : "false"
                default:
                    try reader.skipValue()
                    continue
                }
                let isToken = !name.isEmpty && name.utf8.allSatisfy(HTTPHeaderFields.isAllowedInName)
                if isToken, !Self.connectionFields.contains(name.lowercased()) { headers[name] = Self.sanitized(value) }
            }
        }

        private mutating func readCookies(from reader: inout JSONReader) throws {
            if try reader.readNullIfPresent() { return }
            try reader.beginArray()
            while try reader.nextElement() {
                headers.add(name: "Set-Cookie", value: Self.sanitized(try reader.readString()))
            }
        }

        /// Header fields that API Gateway sets itself; functions cannot.
        private static let connectionFields: Set = [
            "connection", "content-length", "date", "te", "trailer", "transfer-encoding", "upgrade",
        ]

        /// Replaces control characters, such as line breaks, with spaces.
        private static func sanitized(_ value: String) -> String {
            guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return value }
            return String(decoding: value.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
        }

        func response() -> HTTPResponse? {
            guard let status, (200..<600).contains(status) else { return nil }
            var content = ByteBuffer()
            if let body, isBase64Encoded {
                guard let data = Data(base64Encoded: body.string) else { return nil }
                content = ByteBuffer(bytes: data)
            } else if let body {
                content.writeWithUnsafeMutableBytes(minimumWritableBytes: body.escaped.count) {
                    body.unescape(into: $0)
                }
            }
            var headers = headers
            if status == 204 || status == 304 { return HTTPResponse(status: status, headers: headers) }
            if content.readableBytes > 0, headers.first(name: "content-type") == nil {
                headers.add(name: "Content-Type", value: "text/plain;charset=UTF-8")
            }
            return HTTPResponse(status: status, headers: headers, body: content)
        }
    }
}
