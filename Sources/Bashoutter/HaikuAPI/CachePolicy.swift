/// How long caches may reuse a response without requesting it again (RFC 9111, section 5.2.2). After that, they
/// revalidate it with its `ETag`.
enum CachePolicy: Equatable {
    /// No cache reuses the response without revalidation.
    case revalidate
    /// Shared caches such as CloudFront reuse the response for that many seconds. For as many after that, every cache may
    /// reuse it while revalidating it (RFC 5861).
    case shared(seconds: Int)

    /// The value of a `Cache-Control` field.
    var cacheControl: String {
        switch self {
        case .revalidate, .shared(seconds: ...0): "no-cache"
        case .shared(let seconds): "public, max-age=0, s-maxage=\(seconds), stale-while-revalidate=\(seconds)"
        }
    }
}
