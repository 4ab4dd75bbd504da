/// A DynamoDB table of the template.
public struct TableResource: Sendable, Equatable {
    /// An attribute that is part of a key, with its type: `S`, `N` or `B`.
    public struct Attribute: Sendable, Equatable {
        /// The attribute's name.
        public let name: String
        /// `S`, `N` or `B`.
        public let type: String
    }

    /// An attribute's part in a key.
    public struct KeyElement: Sendable, Equatable {
        /// The attribute's name.
        public let name: String
        /// `HASH` for the partition key, `RANGE` for the sort key.
        public let type: String
    }

    /// A global secondary index.
    public struct Index: Sendable, Equatable {
        /// The index's name.
        public let name: String
        /// The index's key.
        public let key: [KeyElement]
        /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
        public let projectionType: String
        /// With `INCLUDE`: the attributes besides the keys.
        public let nonKeyAttributes: [String]
    }

    /// The resource's name in the template.
    public let logicalID: String
    /// The table's name: `TableName`, or the logical id.
    public let name: String
    /// The attributes of all keys.
    public let attributes: [Attribute]
    /// The table's key.
    public let key: [KeyElement]
    /// The table's global secondary indexes.
    public let indexes: [Index]
}
