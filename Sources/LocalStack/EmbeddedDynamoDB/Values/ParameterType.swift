import JSON

/// A scalar type of request parameters.
protocol ParameterType {
    /// The type's name in the service's error messages.
    static var javaName: String { get }
    static var kind: JSONKind { get }
    static func read(from reader: inout JSONReader) throws(JSONError) -> Self
    /// The value that the service reads from a string.
    init(converting text: String) throws(ServiceError)
}

extension ParameterType {
    init(converting text: String) throws(ServiceError) {
        throw ServiceError(.serialization, "STRING_VALUE cannot be converted to \(Self.javaName)")
    }
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
    init(converting text: String) throws(ServiceError) {
        switch text.lowercased() {
        case "true", "yes", "1": self = true
        case "false", "no", "0": self = false
        default: throw ServiceError(.serialization, "Unexpected token received from parser")
        }
    }
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
