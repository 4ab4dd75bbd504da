/// What the pages of a Query or a Scan are made of.
struct PageReader {
    let table: Table
    let index: SecondaryIndex?
    let projection: Projection?
    let filter: Condition?

    var schema: KeySchema { index?.schema ?? table.schema }
    var entries: ItemTable { index?.entries ?? table.entries }

    /// The attributes of LastEvaluatedKey and ExclusiveStartKey.
    var startKeyNames: Set<UTF8String> {
        Set((table.schema.attributes + (index?.schema.attributes ?? [])).map(\.name))
    }

    init(_ request: ItemRequest, in table: Table, _ projection: Projection?, _ filter: Condition?) throws(ServiceError)
    {
        self.table = table
        self.projection = projection
        self.filter = filter
        index = try request[.indexName].map { name throws(ServiceError) in try table.index(named: name) }
        if index != nil, request.flags[.consistentRead] == true {
            throw .validation("Consistent reads are not supported on global secondary indexes")
        }
        switch request[.select] {
        case "ALL_ATTRIBUTES":
            if let index, !index.projectsAll {
                throw .invalidParameter(
                    "Select type ALL_ATTRIBUTES is not supported for global secondary index \(index.name) because "
                        + "its projection type is not ALL"
                )
            }
        case "ALL_PROJECTED_ATTRIBUTES" where index == nil:
            throw .validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
        case "SPECIFIC_ATTRIBUTES" where projection == nil:
            throw .validation(
                "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
            )
        default: break
        }
        if projection != nil, let select = request[.select], select != "SPECIFIC_ATTRIBUTES" {
            throw .validation("Cannot specify the ProjectionExpression when choosing to get \(select)")
        }
        try table.checkKeysAreScalars(in: (projection?.paths ?? []) + (filter?.paths ?? []))
    }

    /// The place of the entry whose key is `start`, which is checked.
    func entryKey(ofStart start: AttributeMap) throws(ServiceError) -> StorageKey {
        let invalid = "The provided starting key is invalid"
        guard start.entries.count == startKeyNames.count else {
            throw .validation(index == nil ? "\(invalid): \(ServiceError.keyDoesNotMatchSchema.message)" : invalid)
        }
        for attribute in index?.schema.attributes ?? [] {
            guard let value = start[attribute.name] else { throw .validation(invalid) }
            guard value.kind == attribute.type else { throw .keyDoesNotMatchSchema }
        }
        do {
            try table.check(key: start.restricted(to: table.schema.attributes.map(\.name)))
        } catch {
            throw .validation("\(invalid): \(error.message)")
        }
        let key = index.map { StorageKey(of: start, in: $0, of: table.schema) } ?? StorageKey(of: start, in: table.schema)
        guard let key else { throw .validation(invalid) }
        return key
    }
}

/// A part of a parallel scan: the partitions whose hash lies in one of equal ranges.
struct Segment {
    let number: Int
    let total: Int

    init(_ request: ItemRequest) throws(ServiceError) {
        switch (request.numbers[.segment], request.numbers[.totalSegments]) {
        case (nil, nil): (number, total) = (0, 1)
        case (_?, nil):
            throw .validation(
                "The TotalSegments parameter is required but was not present in the request when Segment parameter "
                    + "is present"
            )
        case (nil, _?):
            throw .validation(
                "The Segment parameter is required but was not present in the request when parameter TotalSegments "
                    + "is present"
            )
        case (let number?, let total?):
            guard number < total else {
                throw .validation(
                    "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
                        + "Segment: \(number) is not less than TotalSegments: \(total)"
                )
            }
            (self.number, self.total) = (number, total)
        }
    }

    var range: StorageKeyRange {
        StorageKeyRange(
            partition: nil,
            lower: .init(partition: start(of: number)),
            upper: number + 1 < total ? .init(partition: start(of: number + 1)) : nil
        )
    }

    func contains(_ key: StorageKey) -> Bool {
        !key.partition.lexicographicallyPrecedes(start(of: number))
            && (number + 1 == total || key.partition.lexicographicallyPrecedes(start(of: number + 1)))
    }

    private func start(of number: Int) -> [UInt8] {
        StorageKey.prefix(ofHash: UInt32((UInt64(number) << 32) / UInt64(total)))
    }
}
