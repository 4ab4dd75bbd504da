import Encoding
import JSON

extension JSONWriter {
    /// Writes an item, a key or the content of a map as DynamoDB JSON.
    mutating func attributes(_ map: AttributeMap) {
        object {
            for entry in map.entries {
                $0.key(entry.name.string)
                $0.attribute(entry.value)
            }
        }
    }

    mutating func attribute(_ value: AttributeValue) {
        object {
            $0.key(value.kind.rawValue)
            switch value {
            case .string(let text): $0.string(text.string)
            case .number(let number): $0.string(number.text)
            case .binary(let bytes): $0.base64(bytes)
            case .bool(let bool): $0.bool(bool)
            case .null: $0.bool(true)
            case .list(let elements): $0.array { for element in elements { $0.attribute(element) } }
            case .map(let map): $0.attributes(map)
            case .stringSet(let members): $0.array { for member in members { $0.string(member.string) } }
            case .numberSet(let members): $0.array { for member in members { $0.string(member.text) } }
            case .binarySet(let members): $0.array { for member in members { $0.base64(member) } }
            }
        }
    }

    private mutating func base64(_ bytes: [UInt8]) { Base64.encode(bytes).withUnsafeBytes { string(utf8: $0) } }
}

extension AttributeMap {
    /// The attributes as DynamoDB JSON, the format in which items are stored and returned.
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 64 + size * 2)
        writer.attributes(self)
        return writer.bytes
    }
}
