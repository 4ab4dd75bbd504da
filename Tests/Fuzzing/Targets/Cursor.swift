import Haiku

/// Cursors, item ids and values of `posted_at` survive printing and parsing.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let cursor = Cursor(text) {
        let printed = cursor.description
        expect(Cursor(printed) == cursor, "a printed cursor parses as the same cursor")
        expect(Cursor(printed)?.description == printed, "printing is stable")
    }
    if let id = HaikuID(text) { expect(id.description == text, "a parsed id prints unchanged") }
    if let time = FeedTime(bytes) {
        expect(FeedTime(time.description.utf8) == time, "a printed time parses as the same time")
        if let other = FeedTime(bytes.reversed()) {
            expect([time < other, time == other, other < time].count { $0 } == 1, "times are totally ordered")
        }
    }
    if let cursor = makeCursor(from: bytes) {
        expect(Cursor(cursor.description) == cursor, "a constructed cursor parses as the same cursor")
    }
}

private func makeCursor(from bytes: UnsafeRawBufferPointer) -> Cursor? {
    guard bytes.count > 9, bytes.count < Cursor.maximumIDLength / 3 else { return nil }
    let key = String(decoding: bytes[9...], as: UTF8.self)
    guard bytes[0] & 1 == 0 else { return .table(after: key) }
    let microseconds = bytes.loadUnaligned(fromByteOffset: 1, as: Int64.self)
    return .feed(
        FeedPosition(
            postedAt: FeedTime(microseconds: microseconds), shard: Int(bytes[0] >> 1),
            id: bytes[0] & 2 == 0 ? key : nil))
}
