import Foundation
package import HTTPMessage
package import HTTPServer
import JSON
package import NIOCore

/// The part of Lambda's API that `aws lambda invoke` and `aws lambda list-functions` need.
///
/// ```sh
/// aws lambda invoke --endpoint-url http://127.0.0.1:8080 --function-name GetHaiku response.json
/// ```
///
/// Source: "Invoke" of the AWS Lambda API Reference.
package struct InvokeAPI: Sendable {
    /// The prefix of the API's paths.
    package static let path = "/2015-03-31/functions"

    private let lambda: LocalLambda

    package init(lambda: LocalLambda) { self.lambda = lambda }

    /// Whether a request for `path` is for this API.
    package func owns(path: String) -> Bool { path == Self.path || path.hasPrefix("\(Self.path)/") }

    /// Decides on a request before its body is received. Must be called on Lambda's event loop.
    package func decide(on request: Request) -> RequestDecision {
        if case .invocation(let name) = operation(of: request), let time = lambda.rejectionTime(of: name) {
            return .reject(Self.response(to: InvocationRejection.tooManyRequests), at: time)
        }
        return .admit(maximumBodySize: LambdaLimits.maximumPayloadSize)
    }

    /// Responds to a request whose path starts with ``path``.
    package func respond(to request: Request) -> EventLoopFuture<HTTPResponse> {
        switch operation(of: request) {
        case .invocation(let name): invoke(name, request)
        case .list: lambda.eventLoop.makeSucceededFuture(list())
        case .rejection(let response): lambda.eventLoop.makeSucceededFuture(response)
        }
    }

    package func response(to rejection: RequestRejection) -> HTTPResponse {
        switch rejection {
        case .tooManyBytes, .tooManyConnections: Self.response(to: InvocationRejection.tooManyRequests)
        case .bodyTooLarge: Self.response(to: InvocationRejection.payloadTooLarge)
        case .foreignHost: Self.error(403, "AccessDeniedException", "The Host header names another machine")
        case .headTooLarge: Self.error(431, "RequestTooLargeException", "The header is too large")
        case .malformed: Self.error(400, "InvalidRequestContentException", "The request is not valid HTTP")
        }
    }

    private enum Operation {
        case invocation(function: String)
        case list
        case rejection(HTTPResponse)
    }

    private func operation(of request: Request) -> Operation {
        // Only browsers send Origin, and web pages must not call Lambda.
        guard request.headers.first(name: "origin") == nil else {
            return .rejection(Self.error(403, "AccessDeniedException", "Web pages may not call Lambda"))
        }
        let parts = request.path.dropFirst(Self.path.count).split(separator: "/")
        switch (request.method, parts.count) {
        case ("GET", 0): return .list
        case ("POST", 2) where parts[1] == "invocations":
            guard let name = FunctionIdentifier.name(in: String(parts[0])), lambda.function(name) != nil else {
                let message = "Function not found: \(parts[0])"
                return .rejection(Self.error(404, "ResourceNotFoundException", message))
            }
            return .invocation(function: name)
        default:
            let message = "The local Lambda supports only Invoke and ListFunctions"
            return .rejection(Self.error(404, "UnknownOperationException", message))
        }
    }

    private func invoke(_ name: String, _ request: Request) -> EventLoopFuture<HTTPResponse> {
        func reject(_ type: String, _ message: String) -> EventLoopFuture<HTTPResponse> {
            lambda.eventLoop.makeSucceededFuture(Self.error(400, type, message))
        }
        let payload = request.body.readableBytes == 0 ? ByteBuffer(string: "{}") : request.body
        guard Self.isJSON(payload) else {
            return reject("InvalidRequestContentException", "Could not parse request body into json")
        }
        let context = request.headers.first(name: "x-amz-client-context").flatMap { Data(base64Encoded: $0) }.flatMap {
            String(data: $0, encoding: .utf8)
        }
        // The Runtime API passes the context in a header field, which cannot contain control characters.
        guard context?.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) != true else {
            return reject(
                "InvalidRequestContentException",
                "Client context must not contain control characters; remove the line breaks of its JSON"
            )
        }
        let response: EventLoopFuture<HTTPResponse>
        switch request.headers.first(name: "x-amz-invocation-type") ?? "RequestResponse" {
        case "DryRun": return lambda.eventLoop.makeSucceededFuture(HTTPResponse(status: 204))
        case "Event":
            response = lambda.begin(name, payload: payload, clientContext: context).map { HTTPResponse(status: 202) }
        case "RequestResponse":
            response = lambda.invoke(name, payload: payload, clientContext: context).map(Self.response)
        case let type: return reject("InvalidParameterValueException", "Unknown invocation type \(type)")
        }
        return response.flatMapErrorThrowing { Self.response(to: $0) }
    }

    private func list() -> HTTPResponse {
        var writer = JSONWriter()
        writer.object {
            $0.key("Functions")
            $0.array {
                for function in lambda.functions {
                    $0.object {
                        $0.member("FunctionName", function.name)
                        $0.member("FunctionArn", function.arn)
                        $0.member("Runtime", "provided.al2023")
                        $0.member("Handler", function.handler)
                        $0.member("MemorySize", function.memorySize)
                        $0.member("Timeout", function.timeout)
                        $0.member("Version", "$LATEST")
                    }
                }
            }
        }
        return Self.json(200, writer.bytes)
    }

    // MARK: Responses

    @Sendable
    private static func response(to result: InvocationResult) -> HTTPResponse {
        var headers: HTTPHeaderFields = [
            "Content-Type": "application/json", "X-Amz-Executed-Version": "$LATEST",
            "X-Amzn-RequestId": result.requestID,
        ]
        if result.status != .success { headers.add(name: "X-Amz-Function-Error", value: "Unhandled") }
        return HTTPResponse(status: 200, headers: headers, body: result.payload)
    }

    private static func response(to error: any Error) -> HTTPResponse {
        switch error as? InvocationRejection {
        case .tooManyRequests:
            var response = Self.error(429, "TooManyRequestsException", "Rate Exceeded.")
            response.headers.add(name: "Retry-After", value: "1")
            return response
        case .payloadTooLarge:
            return Self.error(
                413,
                "RequestTooLargeException",
                "Request must be smaller than \(LambdaLimits.maximumPayloadSize) bytes for the InvokeFunction operation"
            )
        case .shuttingDown: return Self.error(503, "ServiceException", "Lambda is shutting down")
        case .unknownFunction, nil: return Self.error(500, "ServiceException", "\(error)")
        }
    }

    private static func error(_ status: Int, _ type: String, _ message: String) -> HTTPResponse {
        var writer = JSONWriter()
        writer.object {
            $0.member("Type", status < 500 ? "User" : "Service")
            $0.member("Message", message)
        }
        var response = json(status, writer.bytes)
        response.headers.add(name: "X-Amzn-ErrorType", value: type)
        return response
    }

    private static func json(_ status: Int, _ bytes: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "application/json"], body: ByteBuffer(bytes: bytes))
    }

    private static func isJSON(_ payload: ByteBuffer) -> Bool {
        payload.withUnsafeReadableBytes { bytes in
            var reader = JSONReader(bytes, maximumDepth: 512)
            do {
                try reader.skipValue()
                try reader.finish()
                return true
            } catch {
                return false
            }
        }
    }
}
