import HTTPTypes
public import Hummingbird
import LocalHTTP

/// What a request must be like before anything else is asked.
public enum RequestRules {
    /// The most bytes of request line and headers ("Quotas for HTTP APIs").
    public static let headerSize = 10_240

    /// Whether the request names this machine as its host, by a name that nobody else can own.
    public static func isForThisMachine(_ request: Request) -> Bool {
        guard let authority = request.head.authority, request.headers[.host] == nil else { return false }
        return HostName.isOne(authority)
    }

    /// Whether request line and headers together are small enough.
    public static func isOfAllowedSize(_ request: Request) -> Bool {
        var size = (request.head.path?.utf8.count ?? 0) + request.method.rawValue.utf8.count
        size += request.head.authority?.utf8.count ?? 0
        for field in request.headers { size += field.name.canonicalName.utf8.count + field.value.utf8.count }
        return size <= headerSize
    }
}

extension HTTPField.Name {
    fileprivate static let host = HTTPField.Name(known: "Host")
}
