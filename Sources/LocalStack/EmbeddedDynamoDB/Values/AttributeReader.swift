import Encoding
import JSON

/// Reads attribute values from DynamoDB JSON and notes the first one that is invalid.
struct AttributeReader {
    /// The service's message for the first invalid value.
    private(set) var problem: String?
    private static let maximumNesting = 32

    /// Reads the attributes of an item or a key.
    static func readMap(from reader: inout JSONReader) throws -> UnvalidatedAttribute<AttributeMap> {
        var attributes = AttributeReader()
        let map = try attributes.readMap(from: &reader, nesting: 0)
        return UnvalidatedAttribute(value: map, problem: attributes.problem)
    }

    /// Reads an item that the storage holds.
    static func readStored(_ item: UnsafeRawBufferPointer) throws -> AttributeMap {
        var reader = JSONReader(item, maximumDepth: 128)
        return try readMap(from: &reader).value
    }

    mutating func readMap(from reader: inout JSONReader, nesting: Int) throws -> AttributeMap {
        guard try reader.peek() == .object else {
            let type = "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>"
            throw try reader.peek() == .array
                ? ServiceError(.serialization, "Unrecognized collection type \(type)") : .unexpectedField
        }
        var entries: [AttributeMap.Entry] = []
        try reader.beginObject()
        while let name = try reader.nextKey()?.string {
            if let problem = NamingRules.problem(withAttributeName: name) { note(problem) }
            entries.append(.init(name: UTF8String(name), value: try readValue(from: &reader, nesting: nesting)))
        }
        return AttributeMap(entries)
    }

    mutating func readValue(from reader: inout JSONReader, nesting: Int) throws -> AttributeValue {
        guard try reader.peek() == .object else {
            throw ServiceError(.serialization, "Unexpected value type in payload")
        }
        if nesting > Self.maximumNesting { note("Nesting Levels have exceeded supported limits") }
        var value: AttributeValue?
        var types = 0
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard try !reader.readNullIfPresent() else { continue }
            guard let kind = AttributeValue.Kind(rawValue: key.string) else {
                try reader.skipValue()
                continue
            }
            value = try readContent(of: kind, from: &reader, nesting: nesting)
            types += 1
        }
        if types == 0 {
            note("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
        } else if types > 1 {
            note(
                "Supplied AttributeValue has more than one datatypes set, "
                    + "must contain exactly one of the supported datatypes"
            )
        }
        return value ?? .null
    }

    private mutating func readContent(
        of kind: AttributeValue.Kind,
        from reader: inout JSONReader,
        nesting: Int
    ) throws -> AttributeValue {
        switch kind {
        case .S: return .string(UTF8String(try reader.readParameter(String.self)))
        case .N: return .number(number(try reader.readParameter(String.self)))
        case .B: return .binary(try reader.readBinary())
        case .BOOL: return .bool(try reader.readParameter(Bool.self))
        case .NULL:
            // The service reads the text true as well, and any other as false.
            let isTrue =
                try reader.peek() == .string
                ? try reader.readString().lowercased() == "true" : try reader.readParameter(Bool.self)
            if !isTrue {
                note(
                    "One or more parameter values were invalid: Null attribute value types must have the value of true"
                )
            }
            return .null
        case .M: return .map(try readMap(from: &reader, nesting: nesting + 1))
        case .L: return .list(try reader.readArray { try readValue(from: &$0, nesting: nesting + 1) })
        case .SS:
            let members = try reader.readArray { UTF8String(try $0.readParameter(String.self)) }
            return .stringSet(
                asSet(members, emptySet: "An string set  may not be empty") { "[\($0)] contains duplicates." }
            )
        case .NS:
            let members = try reader.readArray { try $0.readParameter(String.self) }.map { number($0) }
            if Set(members).count < members.count { note("Input collection contains duplicates") }
            return .numberSet(asSet(members, emptySet: "An number set  may not be empty") { _ in "" })
        case .BS:
            let members = try reader.readArray {
                UTF8String(String(decoding: Base64.encode(try $0.readBinary()), as: UTF8.self))
            }
            let set = asSet(members, emptySet: "Binary sets should not be empty") {
                "[\($0)]of type BS contains duplicates."
            }
            let decoded = set.compactMap { try? Base64.decode($0.utf8) }
            return .binarySet(decoded.sorted { $0.lexicographicallyPrecedes($1) })
        }
    }

    private mutating func number(_ text: String) -> Decimal {
        do throws(Decimal.ParseError) {
            return try Decimal(parsing: text.utf8)
        } catch {
            switch error {
            case .notNumeric where text.isEmpty: note("The parameter cannot be converted to a numeric value")
            case .notNumeric: note("The parameter cannot be converted to a numeric value: \(text)")
            default: note(error.message)
            }
            return .zero
        }
    }

    private mutating func asSet<Member: Hashable & Comparable>(
        _ members: [Member],
        emptySet: String,
        duplicates: (String) -> String
    ) -> [Member] {
        if members.isEmpty { note("One or more parameter values were invalid: \(emptySet)") }
        let distinct = Set(members)
        if distinct.count < members.count {
            let listed = members.map { "\($0)" }.joined(separator: ", ")
            note("One or more parameter values were invalid: Input collection \(duplicates(listed))")
        }
        return distinct.sorted()
    }

    private mutating func note(_ message: String) {
        if problem == nil { problem = message }
    }
}
