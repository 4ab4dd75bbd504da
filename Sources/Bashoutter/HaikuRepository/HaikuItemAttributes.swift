import JSON

/// The attributes of a haiku's item, as they are in DynamoDB's response.
struct HaikuItemAttributes {
    private(set) var id: JSONText?
    private(set) var username: JSONText?
    private(set) var first: JSONText?
    private(set) var second: JSONText?
    private(set) var third: JSONText?
    private(set) var likes: JSONText?
    private(set) var createdAt: JSONText?
    private(set) var postedAt: JSONText?

    enum Name {
        case id, username, first, second, third, likes, createdAt, postedAt
        /// An attribute that is not transcoded.
        case other

        fileprivate init(_ key: JSONText) {
            switch key {
            case "item_id": self = .id
            case "username": self = .username
            case "first": self = .first
            case "second": self = .second
            case "third": self = .third
            case "likes": self = .likes
            case "created_at": self = .createdAt
            case "posted_at": self = .postedAt
            default: self = .other
            }
        }
    }

    init(_ reader: inout JSONReader) throws(JSONError) {
        var order = AttributeOrder()
        try self.init(&reader, in: &order)
    }

    /// - Parameter order: The attributes of the earlier items of the response, to which new ones are added.
    init(_ reader: inout JSONReader, in order: inout AttributeOrder) throws(JSONError) {
        try reader.beginObject()
        var position = 0
        while true {
            if let member = order.member(at: position), let text = try reader.readTaggedMember(like: member.head) {
                set(member.attribute, to: text)
                position += 1
                continue
            }
            guard let key = try reader.nextKey() else { return }
            let name = Name(key)
            guard let (tag, text) = try reader.readTaggedText() else {
                set(name, to: try Self.untaggedText(&reader, name))
                continue
            }
            // A head includes the type, so only attributes of an accepted type are expected in the next item.
            let isAccepted = tag == UInt8(ascii: "N") || tag == UInt8(ascii: "S") && name.acceptsStrings
            set(name, to: isAccepted ? text : nil)
            position = order.position(
                after: name, head: isAccepted ? reader.head(of: key, with: text) : nil, at: position)
        }
    }

    private mutating func set(_ name: Name, to text: JSONText?) {
        switch name {
        case .id: id = text
        case .username: username = text
        case .first: first = text
        case .second: second = text
        case .third: third = text
        case .likes: likes = text
        case .createdAt: createdAt = text
        case .postedAt: postedAt = text
        case .other: break
        }
    }

    /// Reads an attribute that `readTaggedText()` cannot read. Returns nil if its type is not accepted.
    private static func untaggedText(
        _ reader: inout JSONReader,
        _ name: Name
    ) throws(JSONError) -> JSONText? {
        guard name != .other else {
            try reader.skipValue()
            return nil
        }
        var text: JSONText?
        try reader.beginObject()
        while let type = try reader.nextKey() {
            switch type {
            case "N": text = try reader.readText()
            case "S" where name.acceptsStrings: text = try reader.readText()
            default: try reader.skipValue()
            }
        }
        return text
    }
}

extension HaikuItemAttributes.Name {
    fileprivate var acceptsStrings: Bool { self != .likes && self != .postedAt }
}
