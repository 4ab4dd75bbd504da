import JSON

/// Parses response bodies of the API.
enum HaikuList {
    /// The `item_id` of each haiku in a list.
    ///
    /// - Throws: ``JSONError`` if `body` is not an array of objects.
    static func ids(in body: [UInt8]) throws(JSONError) -> [ItemID] {
        try body.withUnsafeBufferPointer { bytes throws(JSONError) in
            var reader = JSONReader(UnsafeRawBufferPointer(bytes))
            var ids: [ItemID] = []
            try reader.beginArray()
            while try reader.nextElement() {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if key.string == "item_id" {
                        if let id = ItemID(try reader.readString()) { ids.append(id) }
                    } else {
                        try reader.skipValue()
                    }
                }
            }
            try reader.finish()
            return ids
        }
    }

    /// The `description` in the body of an error response; nil if there is none.
    static func errorDescription(in body: [UInt8]) -> String? {
        (try? JSONValue(parsing: body))?["description"]?.string
    }
}
