package enum APIRequest: Sendable, Equatable {
    /// `GET haiku?limit=…`, with ``ConnectionSettings/limit``.
    case list
    /// `GET` with an absolute URL, from a `Link` header.
    case page(String)
    /// `POST haiku` with this JSON body.
    case post([UInt8], key: IdempotencyKey)
    /// `PATCH haiku/{item_id}`
    case like(ItemID, key: IdempotencyKey)
    /// `DELETE haiku/{item_id}`
    case delete(ItemID)
}
