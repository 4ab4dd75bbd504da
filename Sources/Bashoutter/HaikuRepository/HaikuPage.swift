package import Haiku

/// A page of the list.
package struct HaikuPage: Equatable, Sendable {
    /// A JSON array (UTF-8) of objects with the seven keys of the API.
    package let json: [UInt8]
    /// Where the next page begins; nil if this is the last page.
    package let nextCursor: Cursor?

    package init(json: [UInt8], nextCursor: Cursor?) {
        self.json = json
        self.nextCursor = nextCursor
    }
}

extension HaikuPage {
    /// Creates a page of haiku that are JSON objects already.
    init(of haiku: [ArraySlice<UInt8>], nextCursor: Cursor?) {
        var page = PageWriter()
        for object in haiku { page.append(object) }
        self = page.finish(nextCursor: nextCursor)
    }

    var isEmpty: Bool { json.count == 2 }
}
