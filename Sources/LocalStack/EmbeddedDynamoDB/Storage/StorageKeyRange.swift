/// A contiguous range of the rows of an ``ItemTable``: from `lower` on, and before `upper`. No row needs to have these
/// keys.
struct StorageKeyRange: Sendable {
    static let all = StorageKeyRange(lower: StorageKey(partition: []), upper: .end)

    var lower: StorageKey
    var upper: StorageKey
    var isReversed = false

    /// The rest of the range after `key`, in the direction of reading.
    func resumed(after key: StorageKey) -> StorageKeyRange {
        var range = self
        if isReversed { range.upper = key } else { range.lower = key.successor }
        return range
    }
}
