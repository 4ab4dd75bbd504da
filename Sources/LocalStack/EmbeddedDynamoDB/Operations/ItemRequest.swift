import JSON

/// The parameters of an item operation. Only their JSON types have been checked.
struct ItemRequest: Sendable {
    let operation: Operation
    private(set) var strings: [StringParameter: String] = [:]
    private(set) var booleans: [BooleanParameter: Bool] = [:]
    private(set) var numbers: [NumberParameter: Int] = [:]
    private(set) var attributes: [AttributeMapParameter: UnvalidatedAttribute<AttributeMap>] = [:]
    private(set) var names: [String: String]?
    private(set) var values: [String: UnvalidatedAttribute<AttributeValue>]?
    private(set) var givenLegacyParameters: Set<String> = []
    /// The keys of one table in BatchGetItem.
    private(set) var keys: [UnvalidatedAttribute<AttributeMap>]?

    /// The maximum number of keys in a BatchGetItem request.
    static let maximumKeys = 100
    /// More than the three expressions of a Query can use: each has at most 4 KB.
    private static let maximumSubstitutions = 6_000
    /// Beyond this many bytes, members of maps, lists and sets in expression attribute values are skipped, and the
    /// request is rejected.
    private static let maximumSubstitutionSize = 4 * 1024 * 1024

    init(_ operation: Operation, body: [UInt8]) throws {
        self.operation = operation
        try body.readJSON { try read(.structure(operation.rawValue + "Input"), from: &$0) }
    }

    /// Reads the part of a BatchGetItem request for one table.
    init(_ operation: Operation, from reader: inout JSONReader) throws {
        self.operation = operation
        try read(.structure("KeysAndAttributes"), from: &reader)
    }

    private mutating func read(_ type: ObjectType, from reader: inout JSONReader) throws {
        try reader.readObject(type, isElement: true) { reader, key in
            let key = key.string
            if let parameter = StringParameter(rawValue: key) {
                strings[parameter] = try reader.readParameter(String.self)
            } else if let parameter = AttributeMapParameter(rawValue: key) {
                attributes[parameter] = try AttributeReader.readMap(from: &reader)
            } else if key == "ExpressionAttributeValues" {
                var attributes = AttributeReader(capacity: Self.maximumSubstitutionSize)
                values = try Self.substitutions(.attributes, from: &reader) { try attributes.readValue(from: &$0) }
            } else if key == "ExpressionAttributeNames" {
                names = try Self.substitutions(.strings, from: &reader) { try $0.readParameter(String.self) }
            } else if let parameter = BooleanParameter(rawValue: key) {
                booleans[parameter] = try reader.readParameter(Bool.self)
            } else if let parameter = NumberParameter(rawValue: key) {
                numbers[parameter] = try reader.readParameter(Int.self)
            } else if key == "Keys" {
                keys = try Self.keys(from: &reader)
            } else {
                if operation.legacyParameters.contains(key) { givenLegacyParameters.insert(key) }
                try reader.skipValue()
            }
        }
    }

    /// Reads the keys of one table. It skips those after the first key beyond the limit, which makes the request invalid.
    private static func keys(from reader: inout JSONReader) throws -> [UnvalidatedAttribute<AttributeMap>] {
        var count = 0
        return try reader.readArray { reader in
            count += 1
            if count <= maximumKeys + 1 { return try AttributeReader.readMap(from: &reader, isElement: true) }
            try reader.skipValue()
            return nil
        }
    }

    /// Reads expression attribute names or values and skips entries after ``maximumSubstitutions``: no expressions can use so many,
    /// and unused entries make the request invalid anyway.
    private static func substitutions<Value>(
        _ type: ObjectType,
        from reader: inout JSONReader,
        _ value: (inout JSONReader) throws -> Value
    ) throws -> [String: Value] {
        var values: [String: Value] = [:]
        try reader.readObject(type) { reader, key in
            if values.count < maximumSubstitutions {
                values[key.string] = try value(&reader)
            } else {
                try reader.skipValue()
            }
        }
        return values
    }

    subscript(parameter: StringParameter) -> String? { strings[parameter] }

    var isConsistent: Bool { booleans[.consistentRead] ?? false }

    /// The table's name, even if the request has its ARN; empty if `TableName` is missing.
    var tableName: String {
        let name = strings[.tableName] ?? ""
        return name.hasPrefix("arn:") ? String(name.split(separator: "/", maxSplits: 1).last ?? "") : name
    }
}
