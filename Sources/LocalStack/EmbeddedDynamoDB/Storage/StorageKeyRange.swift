/// A contiguous range of the rows of an ``ItemTable``.
struct StorageKeyRange: Sendable {
    /// A position between rows: before the row with this key, which need not exist.
    struct Bound: Sendable {
        var partition: [UInt8]
        var sort: [UInt8] = []
        var owner: [UInt8] = []

        init(before key: StorageKey) {
            partition = key.partition
            sort = key.sort
            owner = key.owner
        }

        init(after key: StorageKey) {
            self.init(before: key)
            // The successor of a byte string is the string with a zero byte appended.
            owner.append(0)
        }

        init(partition: [UInt8], sort: [UInt8] = []) {
            self.partition = partition
            self.sort = sort
        }
    }

    /// The partition of a Query; nil for a Scan.
    let partition: [UInt8]?
    var lower: Bound
    /// The exclusive end; nil for the end of the partition or of the table.
    var upper: Bound?
    var isReversed = false

    /// The rest of the range after `key`, in the direction of reading.
    func resumed(after key: StorageKey) -> StorageKeyRange {
        var range = self
        if isReversed { range.upper = Bound(before: key) } else { range.lower = Bound(after: key) }
        return range
    }
}
