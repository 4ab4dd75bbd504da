import JSON

/// The JSON reader: building a tree, skipping and reading by pieces judge alike; what is accepted survives being written
/// and read again; numbers stay as they were written.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let text = Array(bytes)
    let tree = try? JSONValue(parsing: text)
    promise((tree != nil) == skips(bytes), "a tree and skipping judge alike")
    readTagged(bytes)
    guard let tree else { return }
    promise(String(validating: bytes, as: UTF8.self) != nil, "only UTF-8 is accepted")
    let written = tree.bytes
    promise((try? JSONValue(parsing: written)) == tree, "a tree that is written reads as the same tree")
    checkNumbers(in: tree)
}

private func skips(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var reader = JSONReader(bytes)
    return (try? reader.skipValue()) != nil && (try? reader.finish()) != nil
}

/// `{"S":"…"}` in one step must be what it is in several.
private func readTagged(_ bytes: UnsafeRawBufferPointer) {
    var reader = JSONReader(bytes)
    guard let (tag, text) = (try? reader.readTaggedText()) ?? nil, (try? reader.finish()) != nil else { return }
    let tree = try? JSONValue(parsing: Array(bytes))
    let key = String(decoding: [tag], as: UTF8.self)
    promise(tree == .object([key: .string(text.string)]), "a tagged text is an object of one member")
}

private func checkNumbers(in value: JSONValue) {
    switch value {
    case .number(let number):
        promise(JSONNumber(number.text) == number, "a number's text is that number")
        promise(JSONValue.number(number).bytes == Array(number.text.utf8), "a number is written as it was read")
    case .array(let elements): for element in elements { checkNumbers(in: element) }
    case .object(let members): for member in members.values { checkNumbers(in: member) }
    case .string, .bool, .null: break
    }
}
