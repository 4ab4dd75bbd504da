public import JSON

/// A typed request: it knows its operation, writes its JSON and reads the JSON of its reply.
public protocol DynamoDBRequest: Sendable {
    /// What the reply says.
    associatedtype Output: Sendable

    /// What is asked for.
    static var operation: DynamoDBOperation { get }

    /// Writes the request's members into the object that is open.
    func writeMembers(to writer: inout JSONWriter)

    /// Reads the reply.
    static func read(_ reader: inout JSONReader) throws(JSONError) -> Output
}

extension DynamoDBTransport {
    /// Sends a typed request and returns what its reply says; see ``send(_:body:deadline:)``.
    public func execute<Request: DynamoDBRequest>(
        _ request: Request,
        deadline: ContinuousClock.Instant? = nil
    ) async throws(DynamoDBError) -> Request.Output {
        var writer = JSONWriter(capacity: 512)
        writer.object { request.writeMembers(to: &$0) }
        let reply = try await send(Request.operation, body: writer.bytes, deadline: deadline)
        return try reply.read(Request.read)
    }
}

/// An item: its attributes under their names.
public typealias DynamoDBItem = [String: AttributeValue]

/// Names and values that stand for the `#name` and `:value` placeholders of a request's expressions.
public struct ExpressionAttributes: Sendable, Equatable {
    /// Attribute names by placeholder, which starts with `#`.
    public var names: [String: String]
    /// Values by placeholder, which starts with `:`.
    public var values: [String: AttributeValue]

    /// Placeholders with what they stand for.
    public init(names: [String: String] = [:], values: [String: AttributeValue] = [:]) {
        self.names = names
        self.values = values
    }

    func writeMembers(to writer: inout JSONWriter) {
        if !names.isEmpty {
            writer.key("ExpressionAttributeNames")
            writer.object { writer in
                for (placeholder, name) in names.sorted(by: { $0.key < $1.key }) {
                    writer.key(placeholder)
                    writer.string(name)
                }
            }
        }
        if !values.isEmpty { writer.member("ExpressionAttributeValues", values) }
    }
}

extension JSONWriter {
    mutating func member(_ key: StaticString, _ item: DynamoDBItem) {
        self.key(key)
        AttributeValue.write(item, to: &self)
    }

    mutating func member(_ key: StaticString, ifPresent value: String?) {
        if let value { member(key, value) }
    }

    mutating func member(_ key: StaticString, ifPresent value: Int?) {
        if let value { member(key, value) }
    }
}

extension JSONReader {
    /// Reads an object; `member` is called for each key and must consume the value, or return false to have it skipped.
    mutating func readObject(
        _ member: (inout JSONReader, JSONText) throws(JSONError) -> Bool
    ) throws(JSONError) {
        try beginObject()
        while let key = try nextKey() {
            if try !member(&self, key) { try skipValue() }
        }
    }
}
