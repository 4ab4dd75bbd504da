import JSON

extension JSONWriter {
    /// Writes a stored item, or the projected parts of it. The whole item and whole attributes are copied without
    /// decoding their values.
    mutating func item(_ json: UnsafeRawBufferPointer, _ projection: Projection?) throws {
        guard let projection else { return raw(json) }
        if let names = projection.wholeAttributes {
            try wholeAttributes(named: names, of: json)
        } else {
            attributes(projection.apply(to: try AttributeReader.readStored(json)))
        }
    }

    mutating func item(_ json: [UInt8], _ projection: Projection?) throws {
        try json.withUnsafeBytes { try item($0, projection) }
    }

    /// Copies adjacent projected attributes in one piece.
    private mutating func wholeAttributes(named names: [[UInt8]], of json: UnsafeRawBufferPointer) throws {
        var reader = JSONReader(json, maximumDepth: 128)
        try reader.beginObject()
        try object { writer in
            var run: Range<Int>?
            func writeRun() {
                if let run { writer.raw(UnsafeRawBufferPointer(rebasing: json[run])) }
                run = nil
            }
            while let key = try reader.nextKey() {
                // The stored text has no white space, so that the key is right before the colon.
                let start = reader.offset - key.escaped.count - 3
                if try reader.readTaggedText() == nil { try reader.skipValue() }
                let isProjected =
                    key.hasEscapes
                    ? names.contains(Array(key.string.utf8))
                    : names.contains { $0.count == key.escaped.count && key.escaped.elementsEqual($0) }
                if isProjected { run = (run?.lowerBound ?? start)..<reader.offset } else { writeRun() }
            }
            writeRun()
        }
    }
}
