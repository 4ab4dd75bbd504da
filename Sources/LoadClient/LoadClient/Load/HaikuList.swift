public import JSON

/// Reads the ids out of a page of haiku.
public enum HaikuList {
    /// The `item_id` of every object of the array that `body` holds.
    ///
    /// - Throws: ``JSONError`` when the body is no such array.
    public static func ids(in body: [UInt8]) throws(JSONError) -> [ItemID] {
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

    /// What an error's body says in its `description`; nil when it says nothing.
    public static func description(in body: [UInt8]) -> String? {
        (try? JSONValue(parsing: body))?["description"]?.string
    }
}
