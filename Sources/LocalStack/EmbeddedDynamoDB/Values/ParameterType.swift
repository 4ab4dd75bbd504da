import JSON

/// A scalar type of request parameters.
protocol ParameterType {
    /// The type's name in the service's error messages.
    static var javaName: String { get }
    static var kind: JSONKind { get }
    static func read(from reader: inout JSONReader) throws(JSONError) -> Self
}

extension String: ParameterType {
    static let javaName = "String"
    static let kind = JSONKind.string
    static func read(from reader: inout JSONReader) throws(JSONError) -> String { try reader.readString() }
}

extension Bool: ParameterType {
    static let javaName = "Boolean"
    static let kind = JSONKind.bool
    static func read(from reader: inout JSONReader) throws(JSONError) -> Bool { try reader.readBool() }
}

/// An integer that the service calls a Long.
struct Long: ParameterType {
    static let javaName = "Long"
    static let kind = JSONKind.number
    let value: Int
    static func read(from reader: inout JSONReader) throws(JSONError) -> Long { Long(value: try .read(from: &reader)) }
}

extension Int: ParameterType {
    static let javaName = "Integer"
    static let kind = JSONKind.number
    static func read(from reader: inout JSONReader) throws(JSONError) -> Int {
        let number = try reader.readNumber()
        return number.int ?? Int(exactly: number.double.rounded(.down)) ?? (number.double < 0 ? .min : .max)
    }
}
