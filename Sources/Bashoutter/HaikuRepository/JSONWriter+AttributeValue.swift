import Haiku
import JSON

/// DynamoDB's JSON for attribute values (Amazon DynamoDB API Reference, "AttributeValue").
extension JSONWriter {
    mutating func attribute(_ name: StaticString, string: String) {
        key(name)
        object { $0.member("S", string) }
    }

    mutating func attribute(_ name: StaticString, number: some BinaryInteger) {
        key(name)
        object { $0.member("N", String(number)) }
    }

    mutating func attribute(_ name: StaticString, number: FeedTime) {
        key(name)
        object { $0.member("N", "\(number)") }
    }

    mutating func attribute(_ name: StaticString, base64: String) {
        key(name)
        object { $0.member("B", base64) }
    }

    mutating func itemKey(_ id: HaikuID) {
        key("Key")
        object { $0.attribute("item_id", string: "\(id)") }
    }
}
