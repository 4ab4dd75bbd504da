import Encoding
public import JSON

extension AttributeValue {
    /// Writes the value in DynamoDB's form: an object whose only key names the type.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .s(let value): writer.member("S", value)
            case .n(let digits): writer.member("N", digits)
            case .b(let bytes): writer.member("B", String(decoding: Base64.encode(bytes), as: UTF8.self))
            case .bool(let value): writer.member("BOOL", value)
            case .null: writer.member("NULL", true)
            case .m(let values):
                writer.key("M")
                Self.write(values, to: &writer)
            case .l(let values):
                writer.key("L")
                writer.array { for value in values { value.write(to: &$0) } }
            case .ss(let values):
                writer.key("SS")
                writer.array { for value in values { $0.string(value) } }
            case .ns(let values):
                writer.key("NS")
                writer.array { for value in values { $0.string(value) } }
            case .bs(let values):
                writer.key("BS")
                writer.array { for value in values { $0.string(utf8: Base64.encode(value)) } }
            }
        }
    }

    /// Writes an item: an object whose members are values in DynamoDB's form, in the order of their names.
    public static func write(_ item: [String: AttributeValue], to writer: inout JSONWriter) {
        writer.object { writer in
            for (name, value) in item.sorted(by: { $0.key < $1.key }) {
                writer.key(name)
                value.write(to: &writer)
            }
        }
    }

    /// Reads a value that is in DynamoDB's form.
    ///
    /// - Throws: `JSONError` when the value has another form, or a type that this client does not know.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> AttributeValue {
        try reader.beginObject()
        let offset = reader.offset
        guard let type = try reader.nextKey() else { throw JSONError(.expected(.string), at: offset) }
        let value: AttributeValue
        switch type {
        case "S": value = .s(try reader.readString())
        case "N": value = .n(try reader.readString())
        case "B": value = .b(try readBytes(&reader))
        case "BOOL": value = .bool(try reader.readBool())
        case "NULL":
            _ = try reader.readBool()
            value = .null
        case "M": value = .m(try readItem(&reader))
        case "L": value = .l(try reader.readElements(read))
        case "SS": value = .ss(try reader.readElements { reader throws(JSONError) in try reader.readString() })
        case "NS": value = .ns(try reader.readElements { reader throws(JSONError) in try reader.readString() })
        case "BS": value = .bs(try reader.readElements(readBytes))
        default: throw JSONError(.unexpectedByte(type.escaped.first ?? UInt8(ascii: "\"")), at: offset)
        }
        guard try reader.nextKey() == nil else { throw JSONError(.expected(.object), at: offset) }
        return value
    }

    /// Reads an item: an object whose members are values in DynamoDB's form.
    ///
    /// - Throws: `JSONError` as ``read(_:)`` does.
    public static func readItem(_ reader: inout JSONReader) throws(JSONError) -> [String: AttributeValue] {
        var item: [String: AttributeValue] = [:]
        try reader.beginObject()
        while let name = try reader.nextKey()?.string { item[name] = try read(&reader) }
        return item
    }

    private static func readBytes(_ reader: inout JSONReader) throws(JSONError) -> [UInt8] {
        let offset = reader.offset
        guard let bytes = try? Base64.decode(try reader.readString().utf8) else {
            throw JSONError(.expected(.string), at: offset)
        }
        return bytes
    }
}

extension JSONReader {
    /// Reads an array, each element with `read`.
    mutating func readElements<Element>(
        _ read: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        var elements: [Element] = []
        try beginArray()
        while try nextElement() { elements.append(try read(&self)) }
        return elements
    }
}
