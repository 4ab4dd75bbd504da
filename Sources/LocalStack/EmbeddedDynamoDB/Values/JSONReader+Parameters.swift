import Encoding
import JSON

/// The Java type of a parameter that is a JSON object.
enum ObjectType {
    case structure(String)
    /// A map from strings to values of this type.
    case map(String)

    static let attributes = map(package + "AttributeValue")
    static let strings = map("java.lang.String")
    static let package = "com.amazonaws.dynamodb.v20120810."

    var javaName: String {
        switch self {
        case .structure(let name): "class " + Self.package + name
        case .map(let type): "java.util.Map<java.lang.String, \(type)>"
        }
    }

    /// The message for a scalar where an element of a list or a value of a map must have this type.
    fileprivate var unexpectedElement: String {
        if case .structure = self { "Unexpected value type in payload" } else { Self.castFailure }
    }

    fileprivate static let castFailure = {
        let type = "sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl"
        return "class \(type) cannot be cast to class java.lang.Class (\(type) and java.lang.Class are in module "
            + "java.base of loader 'bootstrap')"
    }()
}

/// Reads parameters and reports values of the wrong type with the service's messages.
extension JSONReader {
    mutating func readParameter<Value: ParameterType>(_ type: Value.Type) throws -> Value {
        let found = try peek()
        if found == Value.kind { return try Value.read(from: &self) }
        if found == .string { return try Value(converting: try readString()) }
        let name =
            switch found {
            case .number: try readNumber().int == nil ? "DECIMAL_VALUE" : "NUMBER_VALUE"
            case .bool: try readBool() ? "TRUE_VALUE" : "FALSE_VALUE"
            default: "NULL_VALUE"
            }
        throw Self.unexpected(
            found, "class java.lang.\(Value.javaName)", "\(name) cannot be converted to \(Value.javaName)")
    }

    /// The error for a value whose JSON type does not match the Java type `type`.
    private static func unexpected(_ found: JSONKind, _ type: String, _ messageForScalars: String) -> ServiceError {
        switch found {
        case .object: ServiceError(.serialization, "Start of structure or map found where not expected")
        case .array: ServiceError(.serialization, "Unrecognized collection type \(type)")
        default: ServiceError(.serialization, messageForScalars)
        }
    }

    mutating func readBinary() throws -> [UInt8] {
        let found = try peek()
        guard found == .string else {
            throw Self.unexpected(
                found, "class java.nio.ByteBuffer", "only base-64-encoded strings are convertible to bytes")
        }
        let text = try readText()
        let encoded = text.hasEscapes ? Array(text.string.utf8) : Array(text.escaped)
        do throws(Base64.DecodingError) {
            return try Base64.decode(encoded)
        } catch {
            switch error {
            case .length(let length):
                throw ServiceError(
                    .serialization, "Base64 encoded length is expected a multiple of 4 bytes but found: \(length)"
                )
            case .character: throw ServiceError(.serialization, "Invalid Base64 character detected")
            case .nonZeroPadding:
                throw ServiceError(.serialization, "Invalid last non-pad Base64 character dectected")
            }
        }
    }

    /// - Parameters:
    ///   - isElement: Whether the array is itself an element of a list or a value of a map.
    ///   - element: Reads an element; nil omits it.
    mutating func readArray<Element>(
        isElement: Bool = false,
        _ element: (inout JSONReader) throws -> Element?
    ) throws -> [Element] {
        let found = try peek()
        guard found == .array else {
            throw Self.unexpected(found, "", isElement ? ObjectType.castFailure : Self.unexpectedField)
        }
        var elements: [Element] = []
        try beginArray()
        while try nextElement() {
            if let element = try element(&self) { elements.append(element) }
        }
        return elements
    }

    private static let unexpectedField = "Unexpected field type"

    /// Reads an object and calls `member` for each member whose value is not null.
    mutating func readObject(
        _ type: ObjectType,
        isElement: Bool = false,
        _ member: (inout JSONReader, JSONText) throws -> Void
    ) throws {
        try beginObject(type, isElement: isElement)
        while let key = try nextKey() {
            guard try !readNullIfPresent() else { continue }
            try member(&self, key)
        }
    }

    /// - Parameter isElement: Whether the object is an element of a list or a value of a map.
    mutating func beginObject(_ type: ObjectType, isElement: Bool) throws {
        let found = try peek()
        guard found == .object else {
            throw Self.unexpected(found, type.javaName, isElement ? type.unexpectedElement : Self.unexpectedField)
        }
        try beginObject()
    }
}

extension [UInt8] {
    /// Reads the bytes as the parameters of an operation on tables; see ``JSONReader/readParameter(_:isElement:)``.
    func parameters(_ shape: ParameterShape) throws -> JSONValue {
        guard count <= 1 << 20 else {
            throw ServiceError.validation("The parameters have \(count) bytes; this operation accepts at most 1048576")
        }
        return try readJSON { try $0.readParameter(shape) }
    }

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
