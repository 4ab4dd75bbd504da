import JSON

/// The database's items and numbers: what is read without complaint is written as something that reads as the same, and
/// sums do not depend on the order.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    if let item = read(bytes), item.problem == nil {
        let json = item.value.json
        let again = json.withUnsafeBytes { read($0) }
        promise(again?.problem == nil && again?.value == item.value, "an item reads as it was written")
        promise(again?.value.json == json, "writing is stable")
        promise(again?.value.size == item.value.size, "the size is the item's, not the text's")
    }
    let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 1)
    guard let first = parts.first, let left = try? Decimal(parsing: first) else { return }
    promise((try? Decimal(parsing: left.text.utf8)) == left, "a number reads as it was written")
    guard parts.count == 2, let right = try? Decimal(parsing: parts[1]) else { return }
    promise(left < right || right < left || left == right, "numbers are ordered")
    promise((try? Decimal.sum(left, right)) == (try? Decimal.sum(right, left)), "a sum does not depend on the order")
}

private func read(_ bytes: UnsafeRawBufferPointer) -> UnvalidatedAttribute<AttributeMap>? {
    var reader = JSONReader(bytes, maximumDepth: 128)
    guard let item = try? AttributeReader.readMap(from: &reader), (try? reader.finish()) != nil else { return nil }
    return item
}
