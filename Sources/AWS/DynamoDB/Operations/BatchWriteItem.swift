public import JSON

/// Puts and deletes up to 25 items, of one table or several, without conditions and not all or nothing.
public struct BatchWriteItem: DynamoDBRequest {
    /// One write of a batch.
    public enum Write: Sendable, Equatable {
        /// Writes a whole item.
        case put(DynamoDBItem)
        /// Removes the item with this primary key.
        case delete(DynamoDBItem)
    }

    /// What was left over.
    public struct Output: Sendable, Equatable {
        /// The writes that were not done, to be sent again after a pause, by table.
        public var unprocessed: [String: [Write]] = [:]
    }

    /// The API's name.
    public static let operation = DynamoDBOperation.batchWriteItem

    /// The writes, by table.
    public var writes: [String: [Write]]

    /// A request of the given writes, by table.
    public init(_ writes: [String: [Write]]) {
        self.writes = writes
    }

    /// See ``DynamoDBRequest``.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.key("RequestItems")
        writer.object { writer in
            for (table, writes) in writes.sorted(by: { $0.key < $1.key }) {
                writer.key(table)
                writer.array { for write in writes { write.write(to: &$0) } }
            }
        }
    }

    /// See ``DynamoDBRequest``.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try reader.readObject { reader, key throws(JSONError) in
            guard key == "UnprocessedItems" else { return false }
            try reader.beginObject()
            while let table = try reader.nextKey()?.string {
                output.unprocessed[table] = try reader.readElements { reader throws(JSONError) in
                    try Write(reading: &reader)
                }
            }
            return true
        }
        return output
    }
}

extension BatchWriteItem.Write {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .put(let item):
                writer.key("PutRequest")
                writer.object { $0.member("Item", item) }
            case .delete(let key):
                writer.key("DeleteRequest")
                writer.object { $0.member("Key", key) }
            }
        }
    }

    init(reading reader: inout JSONReader) throws(JSONError) {
        var write: Self?
        let offset = reader.offset
        try reader.readObject { reader, kind throws(JSONError) in
            let isPut = kind == "PutRequest"
            guard isPut || kind == "DeleteRequest" else { return false }
            try reader.readObject { reader, key throws(JSONError) in
                guard key == (isPut ? "Item" : "Key") else { return false }
                let item = try AttributeValue.readItem(&reader)
                write = isPut ? .put(item) : .delete(item)
                return true
            }
            return true
        }
        guard let write else { throw JSONError(.expected(.object), at: offset) }
        self = write
    }
}
