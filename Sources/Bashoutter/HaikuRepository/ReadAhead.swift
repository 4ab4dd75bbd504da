/// Chooses how many items to request, so that not much more is read than a page holds.
struct ReadAhead {
    /// The number of items that are requested from each of several shards to learn the size of items.
    private static let probe = 2
    /// The maximum number of items that are requested from each of several shards before their size is known.
    private static let maximumShareOfUnknownSize = 25

    private var items = 0
    private var bytes = 0

    mutating func record(_ batch: ItemTranscoder) {
        items += batch.entries.count
        bytes += batch.json.count
    }

    /// The `Limit` of the next Query of each of `shards` shards or, for one, of the next Query or Scan; nil for as many
    /// items as DynamoDB returns at once: 1 MB of them.
    func batchSize(for room: PageLimit, shards: Int) -> Int? {
        let wanted: Int
        switch (room.count, fitting(in: room)) {
        case (let count?, let fitting?): wanted = min(count, fitting)
        case (let count?, nil): wanted = count
        case (nil, let fitting?): wanted = fitting
        case (nil, nil): wanted = .max
        }
        guard items > 0 || wanted / shards <= Self.maximumShareOfUnknownSize else {
            // A few items show how large the items are. One shard returns at most 1 MB, about a page.
            return shards > 1 ? Self.probe : wanted == .max ? nil : wanted + 1
        }
        // One item more than the page holds shows whether another page follows.
        guard shards > 1 else { return wanted + 1 }
        // Items are spread over the shards at random, so that a shard's share of a page has a variance of about its mean.
        let share = Double(wanted) / Double(shards)
        return Int(share + share.squareRoot() + 1)
    }

    /// How many items of the average size seen so far fit on the page; nil if none was seen.
    private func fitting(in room: PageLimit) -> Int? {
        guard items > 0 else { return nil }
        return max(room.bytes, 0) / max(bytes / items, 1)
    }
}
