import Haiku

/// Writes a page: a JSON array, object by object. A copy of it would make ``finish(nextCursor:)`` copy the page.
struct PageWriter: ~Copyable {
    private var json = [UInt8(ascii: "[")]

    /// - Parameter count: For how many haiku memory is reserved, so that the page is not copied as it grows.
    init(expecting count: Int = 0) {
        json.reserveCapacity(count * 256)
    }

    mutating func append(_ object: ArraySlice<UInt8>) {
        if json.count > 1 { json.append(UInt8(ascii: ",")) }
        json.append(contentsOf: object)
    }

    consuming func finish(nextCursor: Cursor?) -> HaikuPage {
        json.append(UInt8(ascii: "]"))
        return HaikuPage(json: json, nextCursor: nextCursor)
    }
}
