import DynamoDB
import Haiku
import JSON

extension HaikuTable {
    /// Reads a page of the table in its own order, for tables whose items were all written by other tools, so that the
    /// index is empty. Within the page the newest come first, judged by `created_at`.
    func tablePage(
        limit: Int?,
        after key: String?,
        deadline: ContinuousClock.Instant
    ) async throws(HaikuRepositoryError) -> HaikuPage {
        var room = PageLimit(limit: limit)
        var readAhead = ReadAhead()
        var haiku: [(json: ArraySlice<UInt8>, createdAt: ArraySlice<UInt8>)] = []
        var start = key
        var nextCursor: Cursor?
        scan: while true {
            let items = try await items(.scan, deadline: deadline) {
                if let size = readAhead.batchSize(for: room, shards: 1) { $0.member("Limit", size) }
                guard let start else { return }
                $0.key("ExclusiveStartKey")
                $0.object { $0.attribute("item_id", string: start) }
            }
            readAhead.record(items)
            for item in items.entries {
                // A page cannot end after an id that is too long for a cursor, and continues to the next that is not.
                if !room.take(item.json.count), let start, start.utf8.count <= Cursor.maximumIDLength {
                    nextCursor = .table(after: start)
                    break scan
                }
                haiku.append((items.json[item.json], items.json[item.createdAt]))
                start = items.id(of: item)
            }
            if items.lastEvaluatedKey == nil || items.entries.isEmpty { break }
        }
        let newestFirst = haiku.sorted { $1.createdAt.lexicographicallyPrecedes($0.createdAt) }
        return HaikuPage(of: newestFirst.map(\.json), nextCursor: nextCursor)
    }
}
