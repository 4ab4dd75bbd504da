import Encoding
import JSON

extension ServiceError {
    static let unexpectedField = ServiceError(.serialization, "Unexpected field type")
}

/// Reads parameters and reports values of the wrong type with the service's messages.
extension JSONReader {
    mutating func readParameter<Value: ParameterType>(_ type: Value.Type) throws -> Value {
        let found = try peek()
        guard found != Value.kind else { return try Value.read(from: &self) }
        switch found {
        case .object: throw ServiceError(.serialization, "Start of structure or map found where not expected")
        case .array:
            throw ServiceError(.serialization, "Unrecognized collection type class java.lang.\(Value.javaName)")
        case .string: throw Self.cannotConvert("STRING_VALUE", to: Value.javaName)
        case .number:
            let isWhole = try readNumber().int != nil
            throw Self.cannotConvert(isWhole ? "NUMBER_VALUE" : "DECIMAL_VALUE", to: Value.javaName)
        case .bool: throw Self.cannotConvert(try readBool() ? "TRUE_VALUE" : "FALSE_VALUE", to: Value.javaName)
        case .null: throw Self.cannotConvert("NULL_VALUE", to: Value.javaName)
        }
    }

    private static func cannotConvert(_ found: String, to type: String) -> ServiceError {
        ServiceError(.serialization, "\(found) cannot be converted to \(type)")
    }

    mutating func readBinary() throws -> [UInt8] {
        guard try peek() == .string else {
            throw ServiceError(.serialization, "only base-64-encoded strings are convertible to bytes")
        }
        let text = try readText()
        let encoded = text.hasEscapes ? Array(text.string.utf8) : Array(text.escaped)
        do throws(Base64.DecodingError) {
            return try Base64.decode(encoded)
        } catch {
            switch error {
            case .length(let length):
                throw ServiceError(
                    .serialization,
                    "Base64 encoded length is expected a multiple of 4 bytes but found: \(length)"
                )
            case .character: throw ServiceError(.serialization, "Invalid Base64 character detected")
            case .nonZeroPadding:
                throw ServiceError(.serialization, "Invalid last non-pad Base64 character dectected")
            }
        }
    }

    mutating func readArray<Element>(_ element: (inout JSONReader) throws -> Element) throws -> [Element] {
        switch try peek() {
        case .array: break
        case .object: throw ServiceError(.serialization, "Start of structure or map found where not expected")
        default: throw ServiceError.unexpectedField
        }
        var elements: [Element] = []
        try beginArray()
        while try nextElement() { elements.append(try element(&self)) }
        return elements
    }

    /// Reads an object and calls `member` for each member whose value is not null.
    mutating func readObject(_ member: (inout JSONReader, JSONText) throws -> Void) throws {
        guard try peek() == .object else { throw ServiceError.unexpectedField }
        try beginObject()
        while let key = try nextKey() {
            guard try !readNullIfPresent() else { continue }
            try member(&self, key)
        }
    }
}

extension [UInt8] {
    /// Reads the bytes as the parameters of an operation; see ``JSONReader/readParameter(_:isElement:)``.
    func parameters(_ shape: ParameterShape) throws -> JSONValue { try readJSON { try $0.readParameter(shape) } }

    /// Reads the bytes as a request body: exactly one JSON object.
    func readJSON<Result>(_ read: (inout JSONReader) throws -> Result) throws -> Result {
        do {
            return try withUnsafeBytes { bytes in
                var reader = JSONReader(bytes, maximumDepth: 128)
                guard try reader.peek() == .object else {
                    throw ServiceError(.serialization, "Start of structure expected")
                }
                let result = try read(&reader)
                try reader.finish()
                return result
            }
        } catch is JSONError {
            // The service sends no message either.
            throw ServiceError(.serialization, "")
        }
    }
}
