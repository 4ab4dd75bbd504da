/// A JSON value as a tree, for the places where convenience counts and speed does not.
public enum JSONValue: Hashable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number, as it is written.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object. Of members with the same key the last one counts.
    case object([String: JSONValue])

    /// Reads the one value that `text` (UTF-8) holds.
    ///
    /// - Throws: ``JSONError`` when the text is not strict RFC 8259 or is nested deeper than `maximumDepth`.
    public init(parsing text: [UInt8], maximumDepth: Int = 64) throws(JSONError) {
        self = try text.withUnsafeBufferPointer { bytes throws(JSONError) in
            var reader = JSONReader(UnsafeRawBufferPointer(bytes), maximumDepth: maximumDepth)
            let value = try reader.readValue()
            try reader.finish()
            return value
        }
    }

    /// Reads the one value that `text` holds; see ``init(parsing:maximumDepth:)-([UInt8],_)``.
    public init(parsing text: String, maximumDepth: Int = 64) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }

    /// The value as JSON text, UTF-8, without white space, the members of objects in the order of their keys.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    // MARK: Looking inside

    /// The member `key` of an object; nil when there is none or the value is no object.
    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// The element at `index` of an array; nil when there is none or the value is no array.
    public subscript(index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    /// The string, if it is one.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The number, if it is one.
    public var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }
    /// The whole number, if it is one that fits.
    public var int: Int? { number?.int }
    /// The truth value, if it is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements, if it is an array.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members, if it is an object.
    public var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
    /// Whether it is `null`.
    public var isNull: Bool { self == .null }
    /// What kind of value it is.
    public var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; of members with the same key the last one counts.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(Dictionary(members) { _, last in last })
    }
}

extension JSONReader {
    /// Reads a value of any kind as a tree.
    public mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .null:
            try readNull()
            return .null
        case .bool: return .bool(try readBool())
        case .number: return .number(try readNumber())
        case .string: return .string(try readString())
        case .array:
            var elements: [JSONValue] = []
            try beginArray()
            while try nextElement() { elements.append(try readValue()) }
            return .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            try beginObject()
            while let key = try nextKey() { members[key.string] = try readValue() }
            return .object(members)
        }
    }
}

extension JSONWriter {
    /// Writes a tree, the members of objects in the order of their keys.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .number(let number): self.number(number)
        case .string(let string): self.string(string)
        case .array(let elements):
            array { for element in elements { $0.value(element) } }
        case .object(let members):
            object {
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    $0.key(key)
                    $0.value(value)
                }
            }
        }
    }
}
