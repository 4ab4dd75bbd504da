/// How much still fits on a page: the rest of the requested number of haiku or, without one, the rest of 1 MiB of JSON.
/// That is the maximum of one Scan, and thus the limit of the textbook's list.
struct PageLimit {
    private var count: Int
    private var bytes: Int
    private var isUntouched = true

    init(limit: Int?) {
        count = limit ?? .max
        bytes = limit == nil ? 1 << 20 - 2 : .max
    }

    /// Subtracts a haiku of `size` bytes if it fits. The first haiku always fits, so that paging can get past it.
    mutating func take(_ size: Int) -> Bool {
        guard isUntouched || count > 0 && size < bytes else { return false }
        isUntouched = false
        count -= 1
        bytes -= size + 1
        return true
    }
}
