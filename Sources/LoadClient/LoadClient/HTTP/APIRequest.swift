package enum APIRequest: Sendable, Equatable {
    /// `GET haiku?limit=…`, with ``ConnectionSettings/limit``.
    case list
    /// `GET` with an absolute URL, from a `Link` header.
    case page(String)
    /// `POST haiku` with this JSON body.
    case post([UInt8])
    /// `PATCH haiku/{item_id}`
    case like(ItemID)
    /// `DELETE haiku/{item_id}`
    case delete(ItemID)
}
