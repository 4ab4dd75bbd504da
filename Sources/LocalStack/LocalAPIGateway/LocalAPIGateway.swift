import HTTPTypes
package import Hummingbird
package import LoadShedding
package import LocalLambda
package import NIOCore
package import ServerlessTemplate

/// API Gateway's HTTP API: routes requests to Lambda functions, with payload format 2.0 in both directions.
///
/// ```swift
/// let gateway = LocalAPIGateway(routes: template.routes, cors: template.cors, lambda: lambda)
/// let response = await gateway.respond(to: request)
/// ```
///
/// Sources: "Working with AWS Lambda proxy integrations for HTTP APIs", "Configuring CORS for an HTTP API" and
/// "Quotas for configuring and running an HTTP API" of the API Gateway Developer Guide.
package struct LocalAPIGateway: Sendable {
    /// The largest body of a request, in bytes.
    package static let maximumBodySize = 10 << 20
    /// After this time, a request gets a 503.
    package static let integrationTimeout = Duration.seconds(30)

    private let table: RouteTable
    private let cors: CORSPolicy
    private let lambda: LocalLambda
    private let functionNames: [String: String]
    private let bodies: BodyBudget

    /// - Parameters:
    ///   - functionNames: The names of functions by the logical ids in the routes. The default name is the logical id.
    ///   - bodies: The memory for request bodies; a body that exceeds it is rejected with 503.
    package init(
        routes: [Route],
        cors: CORSConfiguration?,
        functionNames: [String: String] = [:],
        lambda: LocalLambda,
        bodies: BodyBudget = BodyBudget()
    ) {
        table = RouteTable(routes)
        self.cors = CORSPolicy(cors)
        self.functionNames = functionNames
        self.lambda = lambda
        self.bodies = bodies
    }

    /// Whether requests for `path` belong to the API: a route starts with the same segment.
    package func owns(path: String) -> Bool { table.owns(path: path) }

    package func respond(to request: Request) async -> Response {
        let target = RequestTarget(request.head.path ?? "/")
        let origin = request.headers[.origin]
        if cors.isConfigured, request.method == .options, let origin,
            request.headers[.accessControlRequestMethod] != nil
        {
            return cors.preflight(of: origin)
        }
        guard let match = table.match(method: request.method.rawValue, path: target.path) else {
            return response(.notFound, to: request)
        }
        return finish(await integrate(request, target, match), for: request)
    }

    /// The response with which API Gateway itself rejects `request`, with its CORS headers.
    package func response(_ error: GatewayError, to request: Request) -> Response {
        finish(error.response, for: request)
    }

    private func finish(_ response: Response, for request: Request) -> Response {
        var response = response
        cors.apply(to: &response, origin: request.headers[.origin])
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// The header fields of the response to a request that is rejected because there are too many.
    func rejectionFields(for origin: String?) -> HTTPFields {
        var response = GatewayError.tooManyRequests.response
        cors.apply(to: &response, origin: origin)
        return response.headers
    }

    /// The bytes of the response on a connection that exceeds the limit, which closes after it.
    package static func connectionRejection(cors: CORSConfiguration?) -> ByteBuffer {
        var response = GatewayError.tooManyRequests.response
        CORSPolicy(cors).apply(to: &response, origin: nil)
        let fields = response.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        return ByteBuffer(
            string:
                "HTTP/1.1 \(response.status)\r\n\(fields)Connection: close\r\n\r\n\(GatewayError.tooManyRequests.body)"
        )
    }

    /// Whether a request may be tried. If not, it can only get ``GatewayError/tooManyRequests``.
    package func admission(_ request: HTTPRequest) -> Admission {
        // A preflight costs no invocation, and a request with Expect needs another response.
        guard request.method != .options, request.headerFields[.expect] == nil else { return .admitted(nil) }
        let target = RequestTarget(request.path ?? "/")
        guard let match = table.match(method: request.method.rawValue, path: target.path) else { return .admitted(nil) }
        return lambda.admission(of: functionName(of: match.route), endsConnection: request.endsConnection)
    }

    private func functionName(of route: Route) -> String { functionNames[route.functionID] ?? route.functionID }

    private func integrate(_ request: Request, _ target: RequestTarget, _ match: RouteMatch) async -> Response {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.maximumBodySize {
            return GatewayError.tooLarge.response
        }
        do {
            return try await bodies.withBody(of: request, upTo: Self.maximumBodySize) { body in
                let event = ProxyEventEncoder(request: request, target: target, match: match, body: body)
                let result = try await lambda.invoke(
                    functionName(of: match.route),
                    payload: event.payload(),
                    traceHeader: event.traceHeader,
                    callerTimeout: Self.integrationTimeout
                )
                var response = response(for: result)
                response.headers[.apigwRequestID] = event.requestID
                return response
            }
        } catch let rejection as InvocationRejection {
            return GatewayError(rejection).response
        } catch is NIOTooManyBytesError {
            return GatewayError.tooLarge.response
        } catch is BodyBudget.Exceeded {
            var response = GatewayError.tooManyRequests.response
            response.headers[.connection] = "close"
            return response
        } catch {
            // The client has disconnected, or its body is not valid HTTP.
            return GatewayError.badRequest.response
        }
    }

    private func response(for result: InvocationResult) -> Response {
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

extension GatewayError {
    fileprivate init(_ rejection: InvocationRejection) {
        self =
            switch rejection {
            case .payloadTooLarge: .tooLarge
            case .tooManyRequests: .tooManyRequests
            case .unknownFunction, .shuttingDown: .serviceUnavailable
            }
    }
}
