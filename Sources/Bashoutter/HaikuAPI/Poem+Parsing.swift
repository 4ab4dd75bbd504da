import Haiku
import JSON

extension Poem {
    /// Parses the body of a POST: a JSON object with the four strings; other members are ignored.
    ///
    /// - Throws: ``APIError/badRequest(_:)`` if the body is not a JSON object, `PoemError` if a string is missing or
    ///   invalid.
    init(parsing body: [UInt8]) throws {
        let members: [String: JSONValue]
        do {
            guard let object = try JSONValue(parsing: body).object else {
                throw APIError.badRequest("The body is not a JSON object")
            }
            members = object
        } catch let error as JSONError {
            throw APIError.badRequest("The body is not valid JSON: \(error)")
        }
        func string(_ field: Field) throws(PoemError) -> String {
            guard let value = members[field.rawValue] else { throw PoemError(field: field, reason: .missing) }
            guard let string = value.string else { throw PoemError(field: field, reason: .notAString) }
            return string
        }
        try self.init(
            username: string(.username), first: string(.first), second: string(.second), third: string(.third))
    }
}
