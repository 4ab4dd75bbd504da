import HTTPMessage
import HTTPServer
import ServerlessTemplate

/// Applies an API's CORS configuration.
///
/// If an API has one, API Gateway responds to preflight requests itself and replaces the CORS headers in the functions'
/// responses to requests with an origin. Here, a response without CORS headers to a request without an origin gets the
/// first allowed origin too.
struct CORSPolicy: Sendable {
    private let configuration: CORSConfiguration?
    private let methods: String
    private let headers: String
    private let exposedHeaders: String

    init(_ configuration: CORSConfiguration?) {
        self.configuration = configuration
        methods = configuration?.allowMethods.joined(separator: ",") ?? ""
        headers = configuration?.allowHeaders.joined(separator: ",") ?? ""
        exposedHeaders = configuration?.exposeHeaders.joined(separator: ",") ?? ""
    }

    var isConfigured: Bool { configuration != nil }

    /// The response to a preflight request; without CORS headers if the origin is not allowed.
    func preflight(of origin: String) -> HTTPResponse {
        var fields = HTTPHeaderFields()
        if let allowed = allowedOrigin(for: origin) {
            fields["Access-Control-Allow-Origin"] = allowed
            if !methods.isEmpty { fields["Access-Control-Allow-Methods"] = methods }
            if !headers.isEmpty { fields["Access-Control-Allow-Headers"] = headers }
            if let maxAge = configuration?.maxAge { fields["Access-Control-Max-Age"] = String(maxAge) }
            if configuration?.allowCredentials == true { fields["Access-Control-Allow-Credentials"] = "true" }
            if allowed != "*" { fields["Vary"] = "Origin" }
        }
        return HTTPResponse(status: 204, headers: fields)
    }

    func apply(to response: inout HTTPResponse, origin: String?) {
        guard let configuration else { return }
        guard let origin else {
            if response.headers["Access-Control-Allow-Origin"] == nil {
                response.headers["Access-Control-Allow-Origin"] = allowedOrigin(
                    for: configuration.allowOrigins.first ?? "")
            }
            return
        }
        for name in Self.fields { response.headers[name] = nil }
        guard let allowed = allowedOrigin(for: origin) else { return }
        response.headers["Access-Control-Allow-Origin"] = allowed
        if !exposedHeaders.isEmpty { response.headers["Access-Control-Expose-Headers"] = exposedHeaders }
        if configuration.allowCredentials { response.headers["Access-Control-Allow-Credentials"] = "true" }
        if allowed != "*" { response.headers["Vary"] = "Origin" }
    }

    private func allowedOrigin(for origin: String) -> String? {
        guard let configuration else { return nil }
        if configuration.allowOrigins.contains("*") { return configuration.allowCredentials ? origin : "*" }
        return configuration.allowOrigins.contains { Self.matches(origin, pattern: $0) } ? origin : nil
    }

    /// An allowed origin may be a scheme with a wildcard, such as `https://*`.
    private static func matches(_ origin: String, pattern: String) -> Bool {
        pattern.hasSuffix("*") ? origin.hasPrefix(pattern.dropLast()) : origin.lowercased() == pattern.lowercased()
    }

    private static let fields = [
        "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
    ]
}
