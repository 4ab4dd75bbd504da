import Haiku

/// Writes a page: a JSON array, object by object.
struct PageWriter {
    private var json = [UInt8(ascii: "[")]

    /// Appends a JSON object.
    mutating func append(_ object: ArraySlice<UInt8>) {
        if json.count > 1 { json.append(UInt8(ascii: ",")) }
        json.append(contentsOf: object)
    }

    consuming func finish(nextCursor: Cursor?) -> HaikuPage {
        json.append(UInt8(ascii: "]"))
        return HaikuPage(json: json, nextCursor: nextCursor)
    }
}
