import JSON

/// Items and numbers of the database survive writing and reading, numbers are ordered, and addition is commutative.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    if let item = read(bytes), item.problem == nil {
        let json = item.value.json
        let again = json.withUnsafeBytes { read($0) }
        expect(again?.problem == nil && again?.value == item.value, "an item survives writing and reading")
        expect(again?.value.json == json, "writing is stable")
        expect(again?.value.size == item.value.size, "the size does not depend on the JSON's form")
    }
    let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 1)
    guard let first = parts.first, let left = try? Decimal(parsing: first) else { return }
    expect((try? Decimal(parsing: left.text.utf8)) == left, "a number survives writing and reading")
    guard parts.count == 2, let right = try? Decimal(parsing: parts[1]) else { return }
    expect(left < right || right < left || left == right, "numbers are ordered")
    expect((try? Decimal.sum(left, right)) == (try? Decimal.sum(right, left)), "addition is commutative")
}

private func read(_ bytes: UnsafeRawBufferPointer) -> UnvalidatedAttribute<AttributeMap>? {
    var reader = JSONReader(bytes, maximumDepth: 128)
    guard let item = try? AttributeReader.readMap(from: &reader), (try? reader.finish()) != nil else { return nil }
    return item
}
