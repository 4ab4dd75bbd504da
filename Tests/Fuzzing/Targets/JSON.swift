import JSON

/// The JSON reader: building a tree and skipping accept the same texts; a tagged text is read in one step as in several;
/// accepted texts survive writing and reading; numbers keep their text.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let text = Array(bytes)
    let tree = try? JSONValue(parsing: text)
    expect((tree != nil) == skips(bytes), "building a tree and skipping accept the same texts")
    readTagged(bytes)
    guard let tree else { return }
    expect(String(validating: bytes, as: UTF8.self) != nil, "only UTF-8 is accepted")
    let written = tree.bytes
    expect((try? JSONValue(parsing: written)) == tree, "a tree survives writing and reading")
    checkNumbers(in: tree)
}

private func skips(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var reader = JSONReader(bytes)
    return (try? reader.skipValue()) != nil && (try? reader.finish()) != nil
}

/// Reading `{"S":"…"}` in one step and in several gives the same result.
private func readTagged(_ bytes: UnsafeRawBufferPointer) {
    var reader = JSONReader(bytes)
    guard let (tag, text) = (try? reader.readTaggedText()) ?? nil, (try? reader.finish()) != nil else { return }
    let tree = try? JSONValue(parsing: Array(bytes))
    let key = String(decoding: [tag], as: UTF8.self)
    expect(tree == .object([key: .string(text.string)]), "a tagged text is an object with one member")
}

private func checkNumbers(in value: JSONValue) {
    switch value {
    case .number(let number):
        expect(JSONNumber(number.text) == number, "a number's text parses as the same number")
        expect(JSONValue.number(number).bytes == Array(number.text.utf8), "a number is written unchanged")
    case .array(let elements): for element in elements { checkNumbers(in: element) }
    case .object(let members): for member in members.values { checkNumbers(in: member) }
    case .string, .bool, .null: break
    }
}
