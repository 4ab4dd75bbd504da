import JSON

/// Reads one page of a Query or a Scan.
struct PageReader {
    private static let maximumPageSize = 1024 * 1024
    /// Pages with a higher Limit, or none, are read in the background.
    private static let maximumInlineLimit = 100
    /// The limit on the items of a page times the length of its filter in bytes, to which the time is proportional.
    private static let maximumEvaluatedLength = 12_000_000

    private let request: ItemRequest
    private let table: Table
    private let index: SecondaryIndex?
    private let projection: Projection?
    private let filter: Condition?

    var schema: KeySchema { index?.schema ?? table.schema }
    private var items: ItemTable { index?.items ?? table.items }

    /// The attributes of LastEvaluatedKey and ExclusiveStartKey.
    private var startKeyNames: Set<UTF8String> {
        Set((table.schema.attributes + (index?.schema.attributes ?? [])).map(\.name))
    }

    init(_ request: ItemRequest, in table: Table, _ projection: Projection?, _ filter: Condition?) throws(ServiceError)
    {
        self.request = request
        self.table = table
        self.projection = projection
        self.filter = filter
        index = try request[.indexName].map { name throws(ServiceError) in try table.index(named: name) }
        if index != nil, request.isConsistent {
            throw .validation("Consistent reads are not supported on global secondary indexes")
        }
        switch request[.select] {
        case "ALL_ATTRIBUTES":
            if let index, index.projection != nil {
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
        let missing = (projection?.paths ?? []).map(\.attribute).filter { index?.projection?.contains($0) == false }
        if let index, !missing.isEmpty {
            let names = missing.map(\.string).joined(separator: ", ")
            throw .invalidParameter("Global secondary index \(index.name) does not project [\(names)]")
        }
        let filtered = Set((filter?.paths ?? []).map(\.attribute))
        for attribute in schema.attributes where request.operation == .query && filtered.contains(attribute.name) {
            throw .validation(
                "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
                    + "\(attribute.name)"
            )
        }
        try table.checkKeysAreScalars(in: (projection?.paths ?? []) + (filter?.paths ?? []))
    }

    /// The limit on the items of a page, which bounds the time of a page of tiny items with a long filter.
    private var maximumEvaluations: Int { Self.maximumEvaluatedLength / (request[.filterExpression]?.utf8.count ?? 1) }

    /// Checks an ExclusiveStartKey and returns its storage key.
    func storageKey(ofStart start: AttributeMap) throws(ServiceError) -> StorageKey {
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
        let key =
            index.map { StorageKey(of: start, in: $0, of: table.schema) } ?? StorageKey(of: start, in: table.schema)
        guard let key else { throw .validation(invalid) }
        return key
    }

    /// Reads rows up to Limit, 1 MB or the end of the range, and returns the response body. A page does not contain the
    /// item that would make it exceed 1 MB.
    func page(of range: StorageKeyRange, in store: Store) async throws -> [UInt8] {
        let isLong = filter != nil || request.numbers[.limit] ?? .max > Self.maximumInlineLimit
        return try await BackgroundExecutor.run(if: isLong) { try readPage(of: range, in: store) }
    }

    private func readPage(of range: StorageKeyRange, in store: Store) throws -> [UInt8] {
        let countsOnly = request[.select] == "COUNT"
        let limit = min(request.numbers[.limit] ?? .max, maximumEvaluations)
        var (scanned, count, size) = (0, 0, 0)
        var last: [UInt8] = []
        var endsEarly = false
        var found = JSONWriter(capacity: 8192)
        try found.array { found in
            try store.read { reader in
                try items.visit(range, in: reader) { json, itemSize in
                    endsEarly = size + itemSize > Self.maximumPageSize
                    guard !endsEarly else { return false }
                    scanned += 1
                    size += itemSize
                    endsEarly = scanned >= limit
                    // Copied only where the next item may not fit.
                    if endsEarly || size > Self.maximumPageSize - AttributeMap.maximumItemSize { last = Array(json) }
                    if try filter?.holds(for: AttributeReader.readStored(json)) ?? true {
                        count += 1
                        if !countsOnly { try found.item(json, projection) }
                    }
                    return !endsEarly
                }
            }
        }
        var writer = JSONWriter(capacity: found.bytes.count + 512)
        try writer.object { writer in
            if !countsOnly {
                writer.key("Items")
                writer.raw(found.bytes)
            }
            writer.member("Count", count)
            writer.member("ScannedCount", scanned)
            if endsEarly {
                writer.key("LastEvaluatedKey")
                try writer.item(last, Projection(paths: startKeyNames.map { DocumentPath(attribute: $0, steps: []) }))
            }
            let units = ConsumedCapacity.ofRead(size, isConsistent: request.isConsistent)
            let capacity = index.map { ConsumedCapacity(indexes: [$0.name: units]) } ?? ConsumedCapacity(table: units)
            writer.capacity(capacity, of: table.name, for: request[.returnConsumedCapacity])
        }
        return writer.bytes
    }
}
