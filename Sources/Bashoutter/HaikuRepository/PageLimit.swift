/// How much still fits on a page: the rest of the requested number of haiku and of 1 MiB of JSON, the maximum of one Scan
/// and thus the limit of the textbook's list.
struct PageLimit {
    /// The rest of the requested number of haiku; nil if there was none.
    private(set) var count: Int?
    private(set) var bytes = 1 << 20 - 2
    private var isUntouched = true

    init(limit: Int?) {
        count = limit
    }

    /// Subtracts a haiku of `size` bytes if it fits. The first haiku always fits, so that paging can get past it.
    mutating func take(_ size: Int) -> Bool {
        guard isUntouched || count != 0 && size < bytes else { return false }
        isUntouched = false
        count = count.map { $0 - 1 }
        bytes -= size + 1
        return true
    }
}
