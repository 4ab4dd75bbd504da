/// Where an item stands among the entries of a table or an index: byte strings whose order is DynamoDB's.
struct StorageKey: Hashable, Sendable {
    /// A hash of the partition key, four bytes, then the key. Like DynamoDB's own, a scan follows the hash.
    let partition: [UInt8]
    /// The sort key; empty without one.
    let sort: [UInt8]
    /// In an index, the key of the table's item, since index keys may repeat; empty in a table.
    let owner: [UInt8]

    /// The key of `item`, or of a key alone, in a table; nil when an attribute of the key is missing.
    init?(of item: AttributeMap, in schema: KeySchema) {
        self.init(of: item, in: schema, owner: [])
    }

    /// The key of `item` in an index of a table whose keys follow `tableSchema`.
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
        self.partition = Self.prefix(ofHash: Self.hash(partition)) + partition
        self.owner = owner
        if let sort = schema.sort {
            guard let bytes = item[sort.name]?.keyBytes else { return nil }
            self.sort = bytes
        } else {
            sort = []
        }
    }

    /// The four bytes with which the partitions of `hash` begin.
    static func prefix(ofHash hash: UInt32) -> [UInt8] {
        [UInt8(hash >> 24), UInt8(hash >> 16 & 0xFF), UInt8(hash >> 8 & 0xFF), UInt8(hash & 0xFF)]
    }

    /// FNV-1a, and the finalizer of MurmurHash3, which spreads short keys over all 32 bits.
    private static func hash(_ bytes: [UInt8]) -> UInt32 {
        var hash = bytes.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        hash = (hash ^ hash >> 16) &* 0x85EB_CA6B
        hash = (hash ^ hash >> 13) &* 0xC2B2_AE35
        return hash ^ hash >> 16
    }
}

extension AttributeValue {
    /// Bytes in the order of the values; nil for a type that cannot be a key.
    var keyBytes: [UInt8]? {
        switch self {
        case .string(let text): Array(text.utf8)
        case .number(let number): number.keyBytes
        case .binary(let bytes): bytes
        default: nil
        }
    }
}

/// A part of the entries of a table or an index, in their order.
struct StorageKeyRange: Sendable {
    /// A place between entries: before the entry with this key, or where it would be.
    struct Position: Sendable {
        var partition: [UInt8]
        var sort: [UInt8] = []
        var owner: [UInt8] = []

        /// The place before the entry `key`, or behind it.
        init(_ key: StorageKey, behind: Bool) {
            partition = key.partition
            sort = key.sort
            // The next byte string after any other is that one with a zero byte more.
            owner = behind ? key.owner + [0] : key.owner
        }

        init(partition: [UInt8], sort: [UInt8] = []) {
            self.partition = partition
            self.sort = sort
        }
    }

    /// The partition that the range lies in; nil for a scan.
    let partition: [UInt8]?
    var lower: Position
    /// The end, exclusive; nil for the end of the partition or of the table.
    var upper: Position?
    var isReversed = false

    /// The range without the entries up to and including `key`, in the direction of reading.
    func resumed(after key: StorageKey) -> StorageKeyRange {
        var range = self
        if isReversed { range.upper = Position(key, behind: false) } else { range.lower = Position(key, behind: true) }
        return range
    }
}
