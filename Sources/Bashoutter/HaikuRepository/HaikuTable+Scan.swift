internal import DynamoDB
internal import Haiku
internal import JSON

extension HaikuTable {
    /// A page of the table in its own order, for tables that have nothing in the index: items that were written by
    /// other tools. Within the page the newest come first, judged by `created_at`.
    func tablePage(
        limit: Int?,
        after key: String?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) -> HaikuPage {
        var budget = PageLimit(limit: limit)
        var haiku: [(json: ArraySlice<UInt8>, createdAt: ArraySlice<UInt8>)] = []
        var start = key
        var next: Cursor?
        scan: while true {
            let items = try await items(.scan, deadline: deadline) {
                // One more than asked tells whether a further page follows.
                if let limit { $0.member("Limit", limit + 1) }
                guard let start else { return }
                $0.key("ExclusiveStartKey")
                $0.object { $0.attribute("item_id", string: start) }
            }
            for item in items.entries {
                guard budget.take(item.json.count) else {
                    next = start.map { .table(after: $0) }
                    break scan
                }
                haiku.append((items.json[item.json], items.json[item.createdAt]))
                start = items.id(of: item)
            }
            if items.lastEvaluatedKey == nil || items.entries.isEmpty { break }
        }
        let newestFirst = haiku.sorted { $1.createdAt.lexicographicallyPrecedes($0.createdAt) }
        return HaikuPage(of: newestFirst.map(\.json), next: next)
    }
}
