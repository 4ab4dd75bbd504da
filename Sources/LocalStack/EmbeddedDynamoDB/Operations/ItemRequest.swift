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
    private(set) var unknownParameters: Set<String> = []
    /// The keys of one table in BatchGetItem.
    private(set) var keys: [UnvalidatedAttribute<AttributeMap>]?

    init(_ operation: Operation, body: [UInt8]) throws {
        self.operation = operation
        try body.readJSON { try read(from: &$0) }
    }

    /// Reads an object of parameters: a request body, or the part of BatchGetItem for one table.
    init(_ operation: Operation, from reader: inout JSONReader) throws {
        self.operation = operation
        try read(from: &reader)
    }

    private mutating func read(from reader: inout JSONReader) throws {
        try reader.readObject { reader, key in
            let key = key.string
            if let parameter = StringParameter(rawValue: key) {
                strings[parameter] = try reader.readParameter(String.self)
            } else if let parameter = AttributeMapParameter(rawValue: key) {
                attributes[parameter] = try AttributeReader.readMap(from: &reader)
            } else if key == "ExpressionAttributeValues" {
                var values: [String: UnvalidatedAttribute<AttributeValue>] = [:]
                try reader.readObject { reader, key in
                    var attributes = AttributeReader()
                    let value = try attributes.readValue(from: &reader, nesting: 0)
                    values[key.string] = UnvalidatedAttribute(value: value, problem: attributes.problem)
                }
                self.values = values
            } else if key == "ExpressionAttributeNames" {
                var names: [String: String] = [:]
                try reader.readObject { names[$1.string] = try $0.readParameter(String.self) }
                self.names = names
            } else if let parameter = BooleanParameter(rawValue: key) {
                booleans[parameter] = try reader.readParameter(Bool.self)
            } else if let parameter = NumberParameter(rawValue: key) {
                numbers[parameter] = try reader.readParameter(Int.self)
            } else if key == "Keys" {
                keys = try reader.readArray { try AttributeReader.readMap(from: &$0) }
            } else {
                unknownParameters.insert(key)
                try reader.skipValue()
            }
        }
    }

    subscript(parameter: StringParameter) -> String? { strings[parameter] }

    /// The table's name, also if the request has its ARN; empty if it is missing.
    var tableName: String {
        let name = strings[.tableName] ?? ""
        return name.hasPrefix("arn:") ? String(name.split(separator: "/", maxSplits: 1).last ?? "") : name
    }
}
