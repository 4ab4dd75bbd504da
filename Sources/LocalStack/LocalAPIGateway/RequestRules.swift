package import Hummingbird
import LocalHTTP

/// The rules that a request must meet before it is routed.
package enum RequestRules {
    /// The largest request line and headers together, in bytes ("Quotas for HTTP APIs").
    package static let maximumHeaderSize = 10_240

    /// Whether the request's host is this machine, by a name that nobody else can own.
    package static func isForThisMachine(_ request: Request) -> Bool {
        guard let authority = request.head.authority, request.headers[.host] == nil else { return false }
        return HostName.isOne(authority)
    }

    package static func isWithinHeaderLimit(_ request: Request) -> Bool {
        var size = (request.head.path?.utf8.count ?? 0) + request.method.rawValue.utf8.count
        size += request.head.authority?.utf8.count ?? 0
        for field in request.headers { size += field.name.canonicalName.utf8.count + field.value.utf8.count }
        return size <= maximumHeaderSize
    }
}
