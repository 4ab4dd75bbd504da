import Haiku

/// Cursors and item ids survive printing and parsing.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let cursor = Cursor(text) {
        let printed = cursor.description
        expect(Cursor(printed) == cursor, "a printed cursor parses as the same cursor")
        expect(Cursor(printed)?.description == printed, "printing is stable")
    }
    if let id = HaikuID(text) { expect(id.description == text, "a parsed id prints unchanged") }
    if let cursor = makeCursor(from: bytes), cursor.description.utf8.count <= 8192 {
        expect(Cursor(cursor.description) == cursor, "a constructed cursor parses as the same cursor")
    }
}

private func makeCursor(from bytes: UnsafeRawBufferPointer) -> Cursor? {
    guard bytes.count > 9, bytes.count < 2048 / 3 else { return nil }
    let key = String(decoding: bytes[9...], as: UTF8.self)
    guard bytes[0] & 1 == 0 else { return .table(after: key) }
    let microseconds = bytes.loadUnaligned(fromByteOffset: 1, as: Int64.self)
    let shards = key.split(separator: "\0").prefix(64).enumerated().map { ($0.offset, String($0.element)) }
    return .feed(FeedPosition(postedAt: Timestamp(microseconds: microseconds), seen: Dictionary(shards) { $1 }))
}
