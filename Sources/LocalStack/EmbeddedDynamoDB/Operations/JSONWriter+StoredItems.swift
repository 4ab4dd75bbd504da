import JSON

extension JSONWriter {
    /// Writes a stored item. Without a projection the bytes are copied unparsed.
    mutating func item(_ json: UnsafeRawBufferPointer, _ projection: Projection?) throws {
        guard let projection else { return raw(json) }
        attributes(projection.apply(to: try AttributeReader.readStored(json)))
    }

    mutating func item(_ json: [UInt8], _ projection: Projection?) throws {
        try json.withUnsafeBytes { try item($0, projection) }
    }
}
