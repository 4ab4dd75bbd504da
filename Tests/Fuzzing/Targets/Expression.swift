import JSON

/// Expressions of all kinds, applied to an item: no expression crashes the process, a condition and its negation disagree,
/// and an updated item can be stored. Each input is parsed as every kind.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    guard let source = String(validating: bytes, as: UTF8.self) else { return }
    let item = Samples.item
    var placeholders = Samples.placeholders
    if let condition = try? Condition(
        parsing: source, parameter: "ConditionExpression", placeholders: &placeholders)
    {
        let holds = condition.holds(for: item)
        var others = Samples.placeholders
        if let negation = try? Condition(
            parsing: "NOT (\(source))", parameter: "FilterExpression", placeholders: &others)
        {
            expect(negation.holds(for: item) != holds, "a condition and its negation disagree")
        }
    }
    placeholders = Samples.placeholders
    if let update = try? Update(parsing: source, placeholders: &placeholders),
        let updated = try? update.apply(to: item)
    {
        expect(Samples.read(updated.json)?.value == updated, "an updated item survives writing and reading")
    }
    placeholders = Samples.placeholders
    if let projection = try? Projection(parsing: source, placeholders: &placeholders) {
        expect(projection.apply(to: item).size <= item.size, "a projection adds nothing")
    }
}

private enum Samples {
    static func read(_ json: [UInt8]) -> UnvalidatedAttribute<AttributeMap>? {
        json.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes, maximumDepth: 128)
            return try? AttributeReader.readMap(from: &reader)
        }
    }

    static let item = read(
        Array(
            #"""
            {"a":{"S":"text"},"b":{"N":"12.5"},"c":{"L":[{"N":"1"},{"L":[{"S":"x"}]},{"M":{"d":{"S":"y"}}}]},\#
            "d":{"M":{"a":{"M":{"b":{"N":"-7"}}}}},"e":{"SS":["p","q"]},"f":{"NS":["1","2"]},"g":{"BS":["AA=="]},\#
            "h":{"B":"AAEC"},"i":{"BOOL":true},"j":{"NULL":true}}
            """#.utf8
        )
    )!.value

    static let placeholders = Placeholders(
        names: ["#n": "a", "#m": "size", "#d": "d.a"],
        values: [
            ":s": .string("text"), ":t": .string("S"), ":n": .number(Decimal(1)), ":b": .binary([0, 1]),
            ":e": .stringSet(["p", "z"]), ":f": .numberSet([Decimal(1), Decimal(3)]), ":z": .null,
            ":l": .list([.number(Decimal(1))]), ":m": .map(item), ":i": .bool(true),
        ]
    )
}
