package import HTTPMessage
package import HTTPServer
package import LocalLambda
package import NIOCore
package import ServerlessTemplate

/// API Gateway's HTTP API: routes requests to Lambda functions, with payload format 2.0 in both directions.
///
/// ```swift
/// let gateway = LocalAPIGateway(routes: template.routes, cors: template.cors, lambda: lambda)
/// let response = try await gateway.respond(to: request).get()
/// ```
///
/// Sources: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway", "Configure CORS for HTTP APIs in API
/// Gateway" and "Quotas for configuring and running an HTTP API in API Gateway" of the API Gateway Developer Guide.
package struct LocalAPIGateway: Sendable {
    /// The largest body of a request, in bytes.
    package static let maximumBodySize = 10 << 20
    /// The largest request line and headers together, in bytes.
    package static let maximumHeadBytes = 10_240
    /// The time after which a request fails with a 503.
    package static let integrationTimeout = Duration.seconds(30)

    private let table: RouteTable
    private let cors: CORSPolicy
    private let lambda: LocalLambda
    private let functionNames: [String: String]
    private let throttle: NIOLoopBoundBox<Throttle?>

    /// - Parameters:
    ///   - functionNames: The names of functions by the logical ids in the routes. The default name is the logical id.
    ///   - throttle: The limit on the rate of requests; nil for none.
    package init(
        routes: [Route],
        cors: CORSConfiguration?,
        functionNames: [String: String] = [:],
        lambda: LocalLambda,
        throttle: Throttle? = nil
    ) {
        table = RouteTable(routes)
        self.cors = CORSPolicy(cors)
        self.functionNames = functionNames
        self.lambda = lambda
        self.throttle = .makeBoxSendingValue(throttle, eventLoop: lambda.eventLoop)
    }

    /// Whether requests for `path` belong to the API: a route starts with the same segment, or is `$default`.
    package func owns(path: String) -> Bool { table.owns(path: path) }

    /// Decides on a request before its body is received. Must be called on Lambda's event loop.
    package func decide(on request: Request) -> RequestDecision {
        // The gateway itself responds to a preflight request.
        guard !isPreflight(request) else { return .admit(maximumBodySize: Self.maximumBodySize) }
        if throttle.value?.admitsRequest(at: .now()) == false {
            return .reject(finish(GatewayError.throttled.response, for: request), at: .now())
        }
        if lambda.mayReject, let match = table.match(method: request.method, path: request.path),
            let time = lambda.rejectionTime(of: functionName(of: match.route))
        {
            return .reject(finish(GatewayError.tooManyRequests.response, for: request), at: time)
        }
        return .admit(maximumBodySize: Self.maximumBodySize)
    }

    package func respond(to request: Request) -> EventLoopFuture<HTTPResponse> {
        if isPreflight(request), let origin = request.headers.first(name: "origin") {
            return lambda.eventLoop.makeSucceededFuture(cors.preflight(of: origin))
        }
        guard let match = table.match(method: request.method, path: request.path) else {
            return lambda.eventLoop.makeSucceededFuture(response(.notFound, to: request))
        }
        let event = ProxyEventEncoder(request: request, match: match)
        return lambda.invoke(
            functionName(of: match.route),
            payload: event.payload(),
            traceHeader: event.traceHeader,
            callerTimeout: Self.integrationTimeout
        ).map { result in
            var response = Self.response(for: result)
            response.headers.add(name: "Apigw-Requestid", value: event.requestID)
            return finish(response, for: request)
        }.flatMapErrorThrowing { error in
            let rejection = error as? InvocationRejection
            return response(rejection.map { GatewayError($0) } ?? .internalServerError, to: request)
        }
    }

    /// The response to a request that the server rejects.
    package func response(to rejection: RequestRejection, of request: Request?) -> HTTPResponse {
        response(GatewayError(rejection), to: request)
    }

    /// The response with which API Gateway itself rejects `request`, with its CORS headers.
    private func response(_ error: GatewayError, to request: Request?) -> HTTPResponse {
        finish(error.response, for: request)
    }

    private func isPreflight(_ request: Request) -> Bool {
        request.method == "OPTIONS" && cors.isConfigured && request.headers.first(name: "origin") != nil
            && request.headers.first(name: "access-control-request-method") != nil
    }

    private func finish(_ response: HTTPResponse, for request: Request?) -> HTTPResponse {
        var response = response
        cors.apply(to: &response, origin: request?.headers.first(name: "origin"))
        return response
    }

    private func functionName(of route: Route) -> String { functionNames[route.functionID] ?? route.functionID }

    private static func response(for result: InvocationResult) -> HTTPResponse {
        switch result.status {
        case .success:
            ProxyResponseDecoder.response(from: result.payload) ?? GatewayError.internalServerError.response
        case .timedOut:
            GatewayError.serviceUnavailable.response
        case .functionError, .exited, .initFailed:
            GatewayError.internalServerError.response
        }
    }
}
