import APIGateway
package import LambdaRuntime

/// A Lambda function that serves a ``HaikuEndpoint`` behind API Gateway.
///
/// Every response has the headers that let browsers read it from a page of another origin (Fetch Standard, "CORS
/// protocol"). Preflight requests are handled here too, for gateways that do not handle them.
package struct HaikuFunction<Endpoint: HaikuEndpoint>: LambdaHandler {
    private let endpoint: Endpoint
    private let allowedOrigin: String

    /// - Parameter allowedOrigin: The value of `Access-Control-Allow-Origin`: an origin, or `*`.
    package init(serving endpoint: Endpoint, allowedOrigin: String) {
        self.endpoint = endpoint
        self.allowedOrigin = allowedOrigin
    }

    /// - Throws: `ProxyEventError` if the event is not a proxy event, and therefore has no HTTP client to respond to.
    package func handle(_ event: LambdaEvent, context: LambdaContext) async throws -> [UInt8] {
        let request = try event.withUnsafeBytes { try ProxyRequest(parsing: $0) }
        var response = await response(to: request, context: context)
        response.headers += [
            ("Access-Control-Allow-Origin", allowedOrigin),
            ("Access-Control-Expose-Headers", "ETag, Link, Location"),
        ]
        if let duration = context.initDuration { response.headers.append(Self.serverTiming(ofInit: duration)) }
        if request.method == "HEAD" { response.body = nil }
        return response.json(for: request.format)
    }

    /// Marks the response of a cold start, for load tests (W3C, Server Timing).
    private static func serverTiming(ofInit duration: Duration) -> (name: String, value: String) {
        let tenths = Int(duration / .microseconds(100))
        return ("Server-Timing", "init;dur=\(tenths / 10).\(tenths % 10)")
    }

    private func response(to request: ProxyRequest, context: LambdaContext) async -> ProxyResponse {
        guard request.method != "OPTIONS" else { return .preflight(for: request.resource) }
        do {
            return try await endpoint.respond(to: request, context: context)
        } catch {
            return ProxyResponse(error, logger: context.logger)
        }
    }
}
