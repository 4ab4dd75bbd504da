import HTTPTypes
public import Hummingbird
public import LoadShedding
public import LocalLambda
public import NIOCore
public import ServerlessTemplate

/// API Gateway's HTTP API on one machine: routes requests to Lambda functions, with payload format 2.0 both ways.
///
/// ```swift
/// let gateway = LocalAPIGateway(routes: template.routes, cors: template.cors, lambda: lambda)
/// let response = await gateway.respond(to: request)
/// ```
///
/// Sources: "Working with AWS Lambda proxy integrations for HTTP APIs", "Configuring CORS for an HTTP API" and
/// "Quotas for configuring and running an HTTP API" of the API Gateway Developer Guide.
public struct LocalAPIGateway: Sendable {
    /// The largest body of a request, in bytes.
    public static let bodySize = 10 << 20
    /// How long a request may take until it is answered with 503, in seconds.
    public static let integrationTimeout = 30.0

    private let table: RouteTable
    private let cors: CORSPolicy
    private let lambda: LocalLambda
    private let functionNames: [String: String]
    private let bodies: BodyBudget

    /// - Parameters:
    ///   - routes: The routes.
    ///   - cors: The API's CORS settings.
    ///   - functionNames: The names of the functions by the logical ids that routes carry; where there is none, the
    ///     logical id is the name.
    ///   - lambda: Runs the functions.
    ///   - bodies: The memory for the bodies of requests; who does not fit into it is answered with 503.
    public init(
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

    /// Whether requests for `path` are the API's: some route starts with the same segment.
    public func owns(path: String) -> Bool { table.owns(path: path) }

    /// Answers a request, whatever it is.
    public func respond(to request: Request) async -> Response {
        let target = RequestTarget(request.head.path ?? "/")
        let origin = request.headers[.origin]
        if cors.isConfigured, request.method == .options, let origin,
            request.headers[.accessControlRequestMethod] != nil
        {
            return cors.preflight(of: origin)
        }
        var response: Response
        if let match = table.match(method: request.method.rawValue, path: target.path) {
            response = await integrate(request, target, match)
        } else {
            response = GatewayError.notFound.response
        }
        cors.apply(to: &response, origin: origin)
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// A reply that API Gateway itself makes, with its CORS headers.
    public func reply(_ message: GatewayError, to request: Request) -> Response {
        var response = message.response
        cors.apply(to: &response, origin: request.headers[.origin])
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// The fields of the reply to a request that is refused.
    func fieldsOfRefusal(_ origin: String?) -> HTTPFields {
        var response = GatewayError.tooManyRequests.response
        cors.apply(to: &response, origin: origin)
        return response.headers
    }

    /// The bytes of the reply to a request on a connection too many, which is closed after it.
    public static func refusal(cors: CORSConfiguration?) -> ByteBuffer {
        var response = GatewayError.tooManyRequests.response
        CORSPolicy(cors).apply(to: &response, origin: nil)
        let fields = response.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        return ByteBuffer(
            string:
                "HTTP/1.1 \(response.status)\r\n\(fields)Connection: close\r\n\r\n\(GatewayError.tooManyRequests.body)"
        )
    }

    /// Whether a request may be tried. If not, ``GatewayMessage/tooManyRequests`` is all that can be done for it.
    package func admission(_ request: HTTPRequest) -> Admission {
        // A preflight costs no invocation; and who expects to be told to continue must be told something else.
        guard request.method != .options, request.headerFields[.expect] == nil else { return .admitted(nil) }
        let target = RequestTarget(request.path ?? "/")
        guard let match = table.match(method: request.method.rawValue, path: target.path) else { return .admitted(nil) }
        return lambda.admission(
            of: functionNames[match.route.functionID] ?? match.route.functionID,
            endsConnection: request.endsConnection
        )
    }

    private func integrate(_ request: Request, _ target: RequestTarget, _ match: RouteMatch) async -> Response {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.bodySize {
            return GatewayError.tooLarge.response
        }
        do {
            return try await bodies.withBody(of: request, upTo: Self.bodySize) { body in
                let event = ProxyEventEncoder(request: request, target: target, match: match, body: body)
                let name = functionNames[match.route.functionID] ?? match.route.functionID
                let result = try await lambda.invoke(
                    name,
                    payload: event.payload(),
                    traceHeader: event.traceHeader,
                    answerWithin: Self.integrationTimeout
                )
                var response = reply(of: result)
                response.headers[.apigwRequestID] = event.requestID
                return response
            }
        } catch let refusal as InvocationRejection {
            return GatewayError(refusal).response
        } catch is NIOTooManyBytesError {
            return GatewayError.tooLarge.response
        } catch is BodyBudget.Exceeded {
            var response = GatewayError.tooManyRequests.response
            response.headers[.connection] = "close"
            return response
        } catch {
            // The client has gone, or has sent a body that is not HTTP.
            return GatewayError.badRequest.response
        }
    }

    private func reply(of result: InvocationResult) -> Response {
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
    fileprivate init(_ refusal: InvocationRejection) {
        self =
            switch refusal {
            case .payloadTooLarge: .tooLarge
            case .tooManyRequests: .tooManyRequests
            case .unknownFunction, .shuttingDown: .serviceUnavailable
            }
    }
}
