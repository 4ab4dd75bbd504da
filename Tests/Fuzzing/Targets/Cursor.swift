import Haiku

/// Cursors and ids: what is read prints as something that reads as the same; what is made of parts reads as those parts.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let cursor = Cursor(text) {
        let printed = cursor.description
        promise(Cursor(printed) == cursor, "what is printed reads as the same cursor")
        promise(Cursor(printed)?.description == printed, "printing is stable")
    }
    if let id = HaikuID(text) { promise(id.description == text, "an id prints as it was read") }
    if let cursor = made(of: bytes), cursor.description.utf8.count <= 8192 {
        promise(Cursor(cursor.description) == cursor, "a cursor made of parts reads as those parts")
    }
}

private func made(of bytes: UnsafeRawBufferPointer) -> Cursor? {
    guard bytes.count > 9, bytes.count < 2048 / 3 else { return nil }
    let key = String(decoding: bytes[9...], as: UTF8.self)
    guard bytes[0] & 1 == 0 else { return .table(after: key) }
    let microseconds = bytes.loadUnaligned(fromByteOffset: 1, as: Int64.self)
    let shards = key.split(separator: "\0").prefix(64).enumerated().map { ($0.offset, String($0.element)) }
    return .feed(FeedPosition(postedAt: Timestamp(microseconds: microseconds), seen: Dictionary(shards) { $1 }))
}
