import Encoding
import HTTPConnection
import HTTPServer
import Logging
import NIOCore
import TaskExecutors

/// DynamoDB's protocol: AWS JSON 1.0, with a `POST /` for each operation, and `GET /` as a health check.
///
/// Source: "DynamoDB low-level API".
final class DynamoDBResponder: Responder, Sendable {
    static let hostNames = HostName.local + ["dynamodb.localhost"]
    private static let maximumBodySize = 16 * 1024 * 1024

    private let executor: OperationExecutor
    private let authorizer: Principal.Authorizer?
    private let eventLoop: any EventLoop
    private let inlineExecutor: EventLoopTaskExecutor
    private let logger: Logger
    private let diskFullLog = ThrottledLog()

    init(executor: OperationExecutor, authorizer: Principal.Authorizer?, eventLoop: any EventLoop, logger: Logger) {
        self.executor = executor
        self.authorizer = authorizer
        self.eventLoop = eventLoop
        inlineExecutor = EventLoopTaskExecutor(eventLoop)
        self.logger = logger
    }

    func decide(on request: Request) -> RequestDecision {
        .admit(maximumBodySize: request.method == "POST" ? Self.maximumBodySize : 0)
    }

    func respond(to request: Request) -> EventLoopFuture<HTTPResponse> {
        guard request.path == "/", request.method == "GET" || request.method == "POST" else {
            return eventLoop.makeSucceededFuture(Self.response(ServiceError(.unknownOperation, "").body, status: 404))
        }
        if request.method == "GET" {
            let health = Array("healthy: \(request.host ?? "localhost") ".utf8)
            return eventLoop.makeSucceededFuture(Self.response(health, contentType: "text/plain"))
        }
        let target = request.headers.first(name: "x-amz-target") ?? ""
        let isLarge = request.body.readableBytes > BackgroundExecutor.maximumInlineSize
        let promise = eventLoop.makePromise(of: HTTPResponse.self)
        Task(executorPreference: isLarge ? BackgroundExecutor.shared : inlineExecutor) {
            promise.succeed(await self.execute(request, target: target))
        }
        return promise.futureResult
    }

    func response(to rejection: RequestRejection, of request: Request?) -> HTTPResponse? {
        switch rejection {
        case .malformed: Self.response(ServiceError(.serialization, "The request is not valid HTTP").body, status: 400)
        case .headTooLarge: Self.response(ServiceError(.requestTooLarge, "The header is too large").body, status: 431)
        case .bodyTooLarge:
            Self.response(
                ServiceError(.requestTooLarge, "Request size exceeded limit of 16777216 bytes").body, status: 413)
        case .foreignHost:
            Self.response(ServiceError(.accessDenied, "The Host header names another machine").body, status: 403)
        case .tooManyBytes:
            Self.response(to: ServiceError(.serviceUnavailable, "Too many bytes of requests are in memory"))
        case .tooManyConnections:
            Self.response(to: ServiceError(.serviceUnavailable, "Too many connections"))
        }
    }

    private func execute(_ request: Request, target: String) async -> HTTPResponse {
        do {
            let operation = try Operation(target: target)
            let credential = try SigningCredential(of: request)
            let principal = Principal(
                accessKeyID: credential.accessKeyID, region: credential.region, authorizer: authorizer
            )
            return Self.response(
                try await executor.execute(operation, body: Array(buffer: request.body), for: principal))
        } catch let error as ServiceError {
            if error == .diskFull { diskFullLog.error("\(error.message) until space is freed", to: logger) }
            return Self.response(to: error)
        } catch {
            logger.error("\(target) failed", metadata: ["error": "\(error)"])
            return Self.response(to: ServiceError(.internalServerError, "Internal server error"))
        }
    }

    // MARK: Responses

    private static func response(
        _ body: [UInt8],
        status: Int = 200,
        contentType: String = "application/x-amz-json-1.0"
    ) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                "Content-Type": contentType,
                "x-amzn-RequestId": RequestID.random(),
                "x-amz-crc32": "\(body.withUnsafeBytes { CRC32.checksum(of: $0) })",
            ],
            body: ByteBuffer(bytes: body)
        )
    }

    private static func response(to error: ServiceError) -> HTTPResponse {
        response(error.body, status: error.kind.status)
    }
}
