import Haiku
import JSON

extension Poem {
    /// Parses the body of a POST: a JSON object with the four strings; other members are ignored.
    ///
    /// - Throws: ``APIError/badRequest(_:)`` if the body is not a JSON object, `PoemError` if a string is missing or
    ///   invalid.
    init(parsing body: [UInt8]) throws {
        let members: Members
        do throws(JSONError) {
            members = try body.withUnsafeBufferPointer { bytes throws(JSONError) in
                try Members(parsing: UnsafeRawBufferPointer(bytes))
            }
        } catch  where error.reason == .expected(.object) {
            throw APIError.badRequest("The body is not a JSON object")
        } catch {
            throw APIError.badRequest("The body is not valid JSON: \(error)")
        }
        try self.init(
            username: members.username.get(),
            first: members.first.get(),
            second: members.second.get(),
            third: members.third.get()
        )
    }

    /// The strings in the body, or why one of them cannot be used. If a key is repeated, the last value counts.
    private struct Members {
        typealias Member = Result<String, PoemError>

        private(set) var username = Member.failure(PoemError(field: .username, reason: .missing))
        private(set) var first = Member.failure(PoemError(field: .first, reason: .missing))
        private(set) var second = Member.failure(PoemError(field: .second, reason: .missing))
        private(set) var third = Member.failure(PoemError(field: .third, reason: .missing))

        init(parsing body: UnsafeRawBufferPointer) throws(JSONError) {
            var reader = JSONReader(body)
            guard try reader.peek() == .object else {
                try reader.skipValue()
                try reader.finish()
                throw JSONError(.expected(.object), at: 0)
            }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "username": username = try Self.member(.username, &reader)
                case "first": first = try Self.member(.first, &reader)
                case "second": second = try Self.member(.second, &reader)
                case "third": third = try Self.member(.third, &reader)
                default: try reader.skipValue()
                }
            }
            try reader.finish()
        }

        private static func member(_ field: Field, _ reader: inout JSONReader) throws(JSONError) -> Member {
            guard try reader.peek() == .string else {
                try reader.skipValue()
                return .failure(PoemError(field: field, reason: .notAString))
            }
            return .success(try reader.readString())
        }
    }
}
