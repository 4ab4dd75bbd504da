import Encoding
import HTTPTypes
import Hummingbird
import LoadShedding
import LocalHTTP
import Logging
import NIOCore

/// DynamoDB's protocol: AWS JSON 1.0, with a `POST /` for each operation.
///
/// Source: "DynamoDB low-level API".
struct DynamoDBResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private static let maximumBodySize = 16 * 1024 * 1024
    /// Larger requests are executed on a thread of their own, so that those on the event loop do not wait for them.
    private static let maximumInlineSize = 64 * 1024
    private static let contentType = "application/x-amz-json-1.0"
    /// The accepted host names; see ``HostName`` about DNS rebinding.
    private static let hostNames = HostName.local + ["dynamodb.localhost"]

    let executor: OperationExecutor
    let authorizer: Principal.Authorizer?
    let bodies: BodyBudget
    let logger: Logger
    private let diskFullLog = ThrottledLog()

    init(executor: OperationExecutor, authorizer: Principal.Authorizer?, bodies: BodyBudget, logger: Logger) {
        self.executor = executor
        self.authorizer = authorizer
        self.bodies = bodies
        self.logger = logger
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        guard request.head.authority.map({ HostName.isOne(of: Self.hostNames, $0) }) ?? true else {
            return Self.response(to: ServiceError(.accessDenied, "The Host header names another machine"), .forbidden)
        }
        guard request.uri.path == "/", request.method == .get || request.method == .post else {
            return Self.response(to: ServiceError(.unknownOperation, ""), .notFound)
        }
        if request.method == .get {
            let health = "healthy: \(request.head.authority ?? "localhost") "
            return Self.response(Array(health.utf8), contentType: "text/plain")
        }
        // A length that is not an Int is too large as well: the HTTP parser accepts only digits.
        if let length = request.headers[.contentLength], Int(length) ?? .max > Self.maximumBodySize {
            return Self.tooLarge
        }
        do {
            return try await bodies.withBody(of: request, upTo: Self.maximumBodySize) { body in
                let target = request.headers[.amzTarget] ?? ""
                let isLarge = body.readableBytes > Self.maximumInlineSize || target.hasSuffix(".BatchGetItem")
                return try await withTaskExecutorPreference(isLarge ? LargeRequestExecutor.shared : nil) {
                    Self.response(try await execute(request, target: target, body: Array(buffer: body)))
                }
            }
        } catch let error as ServiceError {
            if error == .diskFull { diskFullLog.error("\(error.message) until space is freed", to: logger) }
            return Self.response(to: error, error.kind.status)
        } catch is NIOTooManyBytesError {
            return Self.tooLarge
        } catch is BodyBudget.Exceeded {
            return Self.closingResponse(
                to: ServiceError(.serviceUnavailable, "Too many bytes of requests are in memory"))
        }
    }

    private func execute(_ request: Request, target: String, body: [UInt8]) async throws -> [UInt8] {
        let operation = try Operation(target: target)
        guard let authorization = request.headers[.authorization], authorization.hasPrefix("AWS4-") else {
            throw ServiceError(.missingAuthenticationToken, "Request is missing Authentication Token")
        }
        let credential = try SigningCredential(authorization: authorization)
        let principal = Principal(
            accessKeyID: credential.accessKeyID,
            region: credential.region,
            authorizer: authorizer
        )
        do {
            return try await executor.execute(operation, body: body, for: principal)
        } catch let error as ServiceError {
            throw error
        } catch {
            logger.error("\(operation.rawValue) failed", metadata: ["error": "\(error)"])
            throw ServiceError(.internalServerError, "Internal server error")
        }
    }

    // MARK: Responses

    private static func response(
        _ body: [UInt8],
        _ status: HTTPResponse.Status = .ok,
        contentType: String = Self.contentType
    ) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: contentType,
                .amzRequestID: RequestID.random(),
                .amzCRC32: "\(body.withUnsafeBytes { CRC32.checksum(of: $0) })",
                .contentLength: "\(body.count)",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }

    private static func response(to error: ServiceError, _ status: HTTPResponse.Status) -> Response {
        response(error.body, status)
    }

    /// Thrown after the response has been written, to close the connection.
    private struct ConnectionClose: Error {}

    private static var tooLarge: Response {
        let error = ServiceError(.requestTooLarge, "Request size exceeded limit of 16777216 bytes")
        return closingResponse(to: error, .contentTooLarge)
    }

    /// A response that closes the connection, because the rest of the request body is not read.
    private static func closingResponse(to error: ServiceError, _ status: HTTPResponse.Status? = nil) -> Response {
        var response = response(to: error, status ?? error.kind.status)
        response.headers[.connection] = "close"
        response.body = ResponseBody(contentLength: error.body.count) { writer in
            try await writer.write(ByteBuffer(bytes: error.body))
            try await writer.finish(nil)
            throw ConnectionClose()
        }
        return response
    }
}

extension HTTPField.Name {
    private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .server }
    fileprivate static let amzTarget = named("X-Amz-Target")
    fileprivate static let amzRequestID = named("x-amzn-RequestId")
    fileprivate static let amzCRC32 = named("x-amz-crc32")
}
