/// The remaining capacity of a page: the requested number of haiku, and 1 MiB of JSON, about what one Scan returns and
/// the textbook therefore lists.
struct PageLimit {
    /// The remaining number of haiku; nil if no number was requested.
    private(set) var count: Int?
    /// The remaining bytes; the brackets of the array take two of the 1 MiB.
    private(set) var bytes = (1 << 20) - 2
    private var isEmpty = true

    init(limit: Int?) {
        count = limit
    }

    /// Subtracts a haiku of `size` bytes if it fits. The first one always fits, so that no page is empty.
    mutating func take(_ size: Int) -> Bool {
        guard isEmpty || count != 0 && size < bytes else { return false }
        isEmpty = false
        count = count.map { $0 - 1 }
        bytes -= size + 1
        return true
    }
}
