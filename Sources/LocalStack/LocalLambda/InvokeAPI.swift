import Foundation
import HTTPTypes
package import Hummingbird
import JSON
package import LoadShedding
import NIOCore

/// The part of Lambda's API that `aws lambda invoke` and `aws lambda list-functions` need.
///
/// ```sh
/// aws lambda invoke --endpoint-url http://127.0.0.1:8080 --function-name GetHaiku --payload '{}' response.json
/// ```
///
/// Source: "Invoke" of the AWS Lambda API Reference.
package struct InvokeAPI: Sendable {
    /// The prefix of the API's paths.
    package static let path = "/2015-03-31/functions"

    private let lambda: LocalLambda
    private let bodies: BodyBudget

    /// - Parameter bodies: Limits the memory for request bodies; a request that exceeds it gets a 429.
    package init(lambda: LocalLambda, bodies: BodyBudget = BodyBudget()) {
        self.lambda = lambda
        self.bodies = bodies
    }

    /// Responds to a request whose path starts with ``path``.
    package func respond(to request: Request) async -> Response {
        // Only browsers send Origin, and web pages must not call Lambda.
        guard request.headers[.origin] == nil else {
            return Self.error(.forbidden, "AccessDeniedException", "Web pages may not call Lambda")
        }
        let parts = request.uri.path.dropFirst(Self.path.count).split(separator: "/")
        switch (request.method, parts.count) {
        case (.get, 0):
            return list()
        case (.post, 2) where parts[1] == "invocations":
            guard let name = FunctionIdentifier.name(in: String(parts[0])), lambda.function(name) != nil else {
                return Self.notFound(String(parts[0]))
            }
            return await invoke(name, request)
        default:
            return Self.error(
                .notFound,
                "UnknownOperationException",
                "The local Lambda supports only Invoke and ListFunctions"
            )
        }
    }

    private func invoke(_ name: String, _ request: Request) async -> Response {
        // A length that is not an Int is too large as well: the HTTP parser accepts only digits.
        if let length = request.headers[.contentLength], Int(length) ?? .max > LambdaLimits.maximumPayloadSize {
            return Self.tooLarge
        }
        do {
            return try await bodies.withBody(of: request, upTo: LambdaLimits.maximumPayloadSize) { body in
                await invoke(name, request, body)
            }
        } catch is NIOTooManyBytesError {
            return Self.tooLarge
        } catch is BodyBudget.Exceeded {
            var response = Self.response(to: InvocationRejection.tooManyRequests)
            response.headers[.connection] = "close"
            return response
        } catch {
            return Self.error(.badRequest, "InvalidRequestContentException", "The body could not be read")
        }
    }

    private func invoke(_ name: String, _ request: Request, _ body: ByteBuffer) async -> Response {
        let payload = body.readableBytes == 0 ? ByteBuffer(string: "{}") : body
        guard Self.isJSON(payload) else {
            return Self.error(.badRequest, "InvalidRequestContentException", "Could not parse request body into json")
        }
        let context = request.headers[.clientContext].flatMap { Data(base64Encoded: $0) }.flatMap {
            String(data: $0, encoding: .utf8)
        }
        // The Runtime API passes the context in a header field, which cannot contain control characters.
        guard context?.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) != true else {
            return Self.error(
                .badRequest,
                "InvalidRequestContentException",
                "Client context must not contain control characters; remove the line breaks of its JSON"
            )
        }
        do {
            switch request.headers[.invocationType] ?? "RequestResponse" {
            case "DryRun":
                return Response(status: .noContent)
            case "Event":
                try await lambda.begin(name, payload: payload, clientContext: context)
                return Response(status: .accepted)
            case "RequestResponse":
                return Self.response(to: try await lambda.invoke(name, payload: payload, clientContext: context))
            case let type:
                return Self.error(.badRequest, "InvalidParameterValueException", "Unknown invocation type \(type)")
            }
        } catch {
            return Self.response(to: error)
        }
    }

    private func list() -> Response {
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
        return Self.json(.ok, writer.bytes)
    }

    // MARK: Responses

    private static func response(to result: InvocationResult) -> Response {
        var headers: HTTPFields = [.contentType: "application/json", .executedVersion: "$LATEST"]
        headers[.requestID] = result.requestID
        if result.status != .success { headers[.functionError] = "Unhandled" }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: result.payload))
    }

    private static func response(to error: any Error) -> Response {
        switch error as? InvocationRejection {
        case .tooManyRequests: Self.error(.tooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
        case .payloadTooLarge: tooLarge
        case .shuttingDown: Self.error(.serviceUnavailable, "ServiceException", "Lambda is shutting down")
        case .unknownFunction, nil: Self.error(.internalServerError, "ServiceException", "\(error)")
        }
    }

    private static func notFound(_ name: String) -> Response {
        error(.notFound, "ResourceNotFoundException", "Function not found: \(name)")
    }

    private static var tooLarge: Response {
        error(
            .contentTooLarge,
            "RequestTooLargeException",
            "Request must be smaller than \(LambdaLimits.maximumPayloadSize) bytes for the InvokeFunction operation"
        )
    }

    private static func error(_ status: HTTPResponse.Status, _ type: String, _ message: String) -> Response {
        var writer = JSONWriter()
        writer.object {
            $0.member("Type", status.kind == .clientError ? "User" : "Service")
            $0.member("Message", message)
        }
        var response = json(status, writer.bytes)
        response.headers[.errorType] = type
        return response
    }

    private static func json(_ status: HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
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

extension HTTPField.Name {
    fileprivate static let clientContext = known("X-Amz-Client-Context")
    fileprivate static let errorType = known("X-Amzn-ErrorType")
    fileprivate static let executedVersion = known("X-Amz-Executed-Version")
    fileprivate static let functionError = known("X-Amz-Function-Error")
    fileprivate static let invocationType = known("X-Amz-Invocation-Type")
    fileprivate static let requestID = known("X-Amzn-RequestId")

    private static func known(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is not a valid header field name") }
        return name
    }
}
