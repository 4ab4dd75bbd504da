/// A DynamoDB table of the template.
package struct TableResource: Sendable, Equatable {
    /// An attribute that is part of a key.
    package struct Attribute: Sendable, Equatable {
        package let name: String
        /// `S`, `N` or `B`.
        package let type: String
    }

    package struct KeyElement: Sendable, Equatable {
        package let name: String
        /// `HASH` for the partition key, `RANGE` for the sort key.
        package let type: String
    }

    /// A global secondary index.
    package struct Index: Sendable, Equatable {
        package let name: String
        package let key: [KeyElement]
        /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
        package let projectionType: String
        /// With `INCLUDE`: the projected attributes besides the keys.
        package let nonKeyAttributes: [String]
    }

    package let logicalID: String
    /// `TableName`, or the logical id.
    package let name: String
    /// The attributes of all keys.
    package let attributes: [Attribute]
    package let key: [KeyElement]
    package let indexes: [Index]
}
