import Encoding
import JSON

/// Reads attribute values from DynamoDB JSON and notes the first one that is invalid. Values beyond the capacity are
/// skipped: a client can send 40 times what an item may contain.
struct AttributeReader {
    /// The service's message for the first invalid value.
    private(set) var problem: String?
    static let maximumNesting = 32
    static let severalTypes =
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
    static let tooDeep = "Nesting Levels have exceeded supported limits"
    private static let tooLarge = "Item size has exceeded the maximum allowed size"

    /// The size in bytes of the values that may still follow; negative if there were more. It starts at twice the
    /// maximum, because short members of sets count for more than their size. The caller checks the exact size.
    private var capacity: Int

    init(capacity: Int = 2 * AttributeMap.maximumItemSize) { self.capacity = capacity }

    /// Reads the attributes of an item or a key.
    static func readMap(from reader: inout JSONReader, isElement: Bool = false) throws -> UnvalidatedAttribute<
        AttributeMap
    > {
        var attributes = AttributeReader()
        let map = try attributes.readMap(from: &reader, nesting: 0, isElement: isElement)
        return UnvalidatedAttribute(value: map, problem: attributes.problem)
    }

    /// Reads a value, and reports only the first problem of this value.
    mutating func readValue(from reader: inout JSONReader) throws -> UnvalidatedAttribute<AttributeValue> {
        problem = nil
        let value = try readValue(from: &reader, nesting: 0)
        return UnvalidatedAttribute(value: value, problem: problem)
    }

    /// Reads an item that the storage holds.
    static func readStored(_ item: UnsafeRawBufferPointer) throws -> AttributeMap {
        var reader = JSONReader(item, maximumDepth: 128)
        var attributes = AttributeReader(capacity: .max)
        return try attributes.readMap(from: &reader, nesting: 0)
    }

    private mutating func readMap(
        from reader: inout JSONReader,
        nesting: Int,
        isElement: Bool = false
    ) throws -> AttributeMap {
        var entries: [AttributeMap.Entry] = []
        try reader.beginObject(.attributes, isElement: isElement)
        while let key = try reader.nextKey() {
            guard hasCapacity() else { try reader.skipValue(); continue }
            let name = key.string
            capacity -= name.utf8.count
            if let problem = NamingRules.problem(withAttributeName: name) { note(problem) }
            entries.append(.init(name: UTF8String(name), value: try readValue(from: &reader, nesting: nesting)))
        }
        return AttributeMap(entries)
    }

    private mutating func readValue(from reader: inout JSONReader, nesting: Int) throws -> AttributeValue {
        try reader.beginObject(.structure("AttributeValue"), isElement: true)
        if nesting > Self.maximumNesting { note(Self.tooDeep) }
        var value: AttributeValue?
        var types = 0
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
            note(Self.severalTypes)
        }
        return value ?? .null
    }

    private mutating func readContent(
        of kind: AttributeValue.Kind,
        from reader: inout JSONReader,
        nesting: Int
    ) throws -> AttributeValue {
        switch kind {
        case .S: return .string(UTF8String(try string(from: &reader)))
        case .N: return .number(try number(from: &reader))
        case .B: return .binary(try binary(from: &reader))
        case .BOOL:
            capacity -= 1
            return .bool(try reader.readParameter(Bool.self))
        case .NULL:
            capacity -= 1
            if try !reader.readParameter(Bool.self) {
                note(
                    "One or more parameter values were invalid: Null attribute value types must have the value of true"
                )
            }
            return .null
        case .M: return .map(try readMap(from: &reader, nesting: nesting + 1))
        case .L:
            return .list(
                try readElements(from: &reader) {
                    $0.capacity -= 1
                    return try $0.readValue(from: &$1, nesting: nesting + 1)
                }
            )
        case .SS:
            let members = try readElements(from: &reader) { UTF8String(try $0.string(from: &$1, minimum: 1)) }
            return .stringSet(
                asSet(members, emptySet: "An string set  may not be empty", by: <) {
                    "[\($0.map(\.string).joined(separator: ", "))] contains duplicates."
                }
            )
        case .NS:
            let members = try readElements(from: &reader) { try $0.number(from: &$1) }
            if Set(members).count < members.count { note("Input collection contains duplicates") }
            return .numberSet(asSet(members, emptySet: "An number set  may not be empty", by: <) { _ in "" })
        case .BS:
            // A member counts as at least four bytes. A valid set stays within the capacity: 400 KiB hold at most
            // 158,549 different values (256 of one byte, 65,536 of two, 92,757 of three), which count as 634,196 bytes.
            let members = try readElements(from: &reader) { try $0.binary(from: &$1, minimum: 4) }
            let set = asSet(
                members, emptySet: "Binary sets should not be empty", by: { $0.lexicographicallyPrecedes($1) }
            ) { members in
                let encoded = members.map { String(decoding: Base64.encode($0), as: UTF8.self) }
                return "[\(encoded.joined(separator: ", "))]of type BS contains duplicates."
            }
            return .binarySet(set)
        }
    }

    private mutating func hasCapacity() -> Bool {
        if capacity < 0 { note(Self.tooLarge) }
        return capacity >= 0
    }

    private mutating func readElements<Element>(
        from reader: inout JSONReader,
        _ element: (inout AttributeReader, inout JSONReader) throws -> Element
    ) throws -> [Element] {
        try reader.readArray { reader in
            if hasCapacity() { return try element(&self, &reader) }
            try reader.skipValue()
            return nil
        }
    }

    /// - Parameter minimum: A shorter string counts as this many bytes.
    private mutating func string(from reader: inout JSONReader, minimum: Int = 0) throws -> String {
        let text = try reader.readParameter(String.self)
        capacity -= max(text.utf8.count, minimum)
        return text
    }

    private mutating func binary(from reader: inout JSONReader, minimum: Int = 0) throws -> [UInt8] {
        let bytes = try reader.readBinary()
        capacity -= max(bytes.count, minimum)
        return bytes
    }

    private mutating func number(from reader: inout JSONReader) throws -> Decimal {
        let text = try reader.readParameter(String.self)
        do throws(Decimal.ParseError) {
            let number = try Decimal(parsing: text.utf8)
            capacity -= number.size
            return number
        } catch {
            switch error {
            case .notNumeric where text.isEmpty: note("The parameter cannot be converted to a numeric value")
            case .notNumeric: note("The parameter cannot be converted to a numeric value: \(text)")
            default: note(error.message)
            }
            capacity -= 1
            return .zero
        }
    }

    private mutating func asSet<Member: Hashable>(
        _ members: [Member],
        emptySet: String,
        by precedes: (Member, Member) -> Bool,
        duplicates: ([Member]) -> String
    ) -> [Member] {
        if members.isEmpty { note("One or more parameter values were invalid: \(emptySet)") }
        let distinct = Set(members)
        if distinct.count < members.count {
            note("One or more parameter values were invalid: Input collection \(duplicates(members))")
        }
        return distinct.sorted(by: precedes)
    }

    private mutating func note(_ message: String) { if problem == nil { problem = message } }
}
