import JSON

/// The attributes of an item in the order of DynamoDB's response, to find them in the next item without parsing keys.
struct AttributeOrder {
    struct Member {
        /// The member's key and the beginning of its value; see `JSONReader.readTaggedMember(like:)`.
        let head: Range<Int>
        let attribute: HaikuItemAttributes.Name
    }

    /// More than the eight attributes that the requests name in their projection.
    private static let maximumCount = 16

    private var members: [Member] = []

    /// The member that is expected at a position of the item; nil if no member is.
    func member(at position: Int) -> Member? {
        position < members.count ? members[position] : nil
    }

    /// Returns the position after an attribute that was not expected at `position`. Appends the attribute if it is new and
    /// follows the last known one.
    mutating func position(after attribute: HaikuItemAttributes.Name, head: Range<Int>?, at position: Int) -> Int {
        if attribute != .other, let index = members.indices.first(where: { members[$0].attribute == attribute }) {
            return index + 1
        }
        guard let head, position == members.count, position < Self.maximumCount else { return position }
        members.append(Member(head: head, attribute: attribute))
        return position + 1
    }
}
