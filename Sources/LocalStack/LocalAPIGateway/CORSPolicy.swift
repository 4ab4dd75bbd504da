import HTTPTypes
import Hummingbird
import ServerlessTemplate

/// Applies an API's CORS configuration.
///
/// If an API has one, API Gateway responds to preflight requests itself and replaces the CORS headers in the functions'
/// responses to requests with an origin. Here, a response without CORS headers to a request without an origin gets the
/// first allowed origin too, so that every response of the API has one.
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
    func preflight(of origin: String) -> Response {
        var fields = HTTPFields()
        if let allowed = allowedOrigin(for: origin) {
            fields[.accessControlAllowOrigin] = allowed
            if !methods.isEmpty { fields[.accessControlAllowMethods] = methods }
            if !headers.isEmpty { fields[.accessControlAllowHeaders] = headers }
            if let maxAge = configuration?.maxAge { fields[.accessControlMaxAge] = String(maxAge) }
            if configuration?.allowCredentials == true { fields[.accessControlAllowCredentials] = "true" }
            if allowed != "*" { fields[.vary] = "Origin" }
        }
        var response = Response(status: .noContent, headers: fields)
        response.headers[.contentLength] = nil
        return response
    }

    func apply(to response: inout Response, origin: String?) {
        guard let configuration else { return }
        guard let origin else {
            if response.headers[.accessControlAllowOrigin] == nil {
                response.headers[.accessControlAllowOrigin] = allowedOrigin(for: configuration.allowOrigins.first ?? "")
            }
            return
        }
        for name in Self.fields { response.headers[name] = nil }
        guard let allowed = allowedOrigin(for: origin) else { return }
        response.headers[.accessControlAllowOrigin] = allowed
        if !exposedHeaders.isEmpty { response.headers[.accessControlExposeHeaders] = exposedHeaders }
        if configuration.allowCredentials { response.headers[.accessControlAllowCredentials] = "true" }
        if allowed != "*" { response.headers[.vary] = "Origin" }
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

    private static let fields: [HTTPField.Name] = [
        .accessControlAllowCredentials, .accessControlAllowHeaders, .accessControlAllowMethods,
        .accessControlAllowOrigin, .accessControlExposeHeaders, .accessControlMaxAge,
    ]
}
