/// The key of a row in an ``ItemTable``: byte strings that sort in DynamoDB's order.
struct StorageKey: Hashable, Sendable {
    /// A four-byte hash of the partition key, then the key. As in DynamoDB, a Scan returns items in hash order.
    let partition: [UInt8]
    /// The sort key; empty if the schema has none.
    let sort: [UInt8]
    /// In an index, the primary key of the item, since index keys are not unique; empty in a table.
    let owner: [UInt8]

    /// Follows all other keys: a partition has four bytes of hash and at most 2,048 of key.
    static let end = StorageKey(partition: [UInt8](repeating: 0xFF, count: 4 + 2048 + 1))

    init(partition: [UInt8], sort: [UInt8] = [], owner: [UInt8] = []) {
        self.partition = partition
        self.sort = sort
        self.owner = owner
    }

    /// The key of an item in a table; nil if a key attribute is missing or of a type that cannot be a key.
    init?(of item: AttributeMap, in schema: KeySchema) { self.init(of: item, in: schema, owner: []) }

    /// The key of an item in an index; nil if it lacks the key of the index or of its table.
    init?(of item: AttributeMap, in index: SecondaryIndex, of tableSchema: KeySchema) {
        guard let key = StorageKey(of: item, in: tableSchema) else { return nil }
        let length = key.partition.count
        self.init(
            of: item,
            in: index.schema,
            owner: [UInt8(length >> 8), UInt8(length & 0xFF)] + key.partition + key.sort
        )
    }

    private init?(of item: AttributeMap, in schema: KeySchema, owner: [UInt8]) {
        guard let partition = item[schema.partition.name]?.keyBytes else { return nil }
        var sort: [UInt8] = []
        if let attribute = schema.sort {
            guard let bytes = item[attribute.name]?.keyBytes else { return nil }
            sort = bytes
        }
        self.init(partition: Self.prefix(ofHash: Self.hash(partition)) + partition, sort: sort, owner: owner)
    }

    /// The next key: the successor of a byte string is the string with a zero byte appended.
    var successor: StorageKey { StorageKey(partition: partition, sort: sort, owner: owner + [0]) }

    /// The first four bytes of the partitions with this hash.
    static func prefix(ofHash hash: UInt32) -> [UInt8] {
        [UInt8(hash >> 24), UInt8(hash >> 16 & 0xFF), UInt8(hash >> 8 & 0xFF), UInt8(hash & 0xFF)]
    }

    /// FNV-1a, followed by the finalizer of MurmurHash3, which spreads short keys over all 32 bits.
    private static func hash(_ bytes: [UInt8]) -> UInt32 {
        var hash = bytes.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        hash = (hash ^ hash >> 16) &* 0x85EB_CA6B
        hash = (hash ^ hash >> 13) &* 0xC2B2_AE35
        return hash ^ hash >> 16
    }
}

extension AttributeValue {
    /// Bytes that sort like the values; nil for a type that cannot be a key.
    var keyBytes: [UInt8]? {
        switch self {
        case .string(let text): Array(text.utf8)
        case .number(let number): number.keyBytes
        case .binary(let bytes): bytes
        default: nil
        }
    }
}
