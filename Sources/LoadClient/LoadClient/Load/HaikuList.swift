import JSON

/// Parses response bodies of the API.
enum HaikuList {
    /// The `item_id` of each haiku in a list.
    ///
    /// - Parameter username: Omits the haiku of other users; nil omits none.
    /// - Throws: ``JSONError`` if `body` is not an array of objects.
    static func ids(in body: [UInt8], onlyOf username: String? = nil) throws(JSONError) -> [ItemID] {
        try body.withUnsafeBufferPointer { bytes throws(JSONError) in
            var reader = JSONReader(UnsafeRawBufferPointer(bytes))
            var ids: [ItemID] = []
            try reader.beginArray()
            while try reader.nextElement() {
                var (id, isIncluded): (ItemID?, Bool) = (nil, username == nil)
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key.string {
                    case "item_id": id = ItemID(try reader.readString())
                    case "username" where username != nil: isIncluded = try reader.readString() == username
                    default: try reader.skipValue()
                    }
                }
                if let id, isIncluded { ids.append(id) }
            }
            try reader.finish()
            return ids
        }
    }

    /// The `description` in the body of an error response, or API Gateway's `message`; nil if there is neither.
    static func errorDescription(in body: [UInt8]) -> String? {
        guard let object = try? JSONValue(parsing: body) else { return nil }
        return object["description"]?.string ?? object["message"]?.string ?? object["Message"]?.string
    }
}
