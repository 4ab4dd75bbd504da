import Encoding
import HTTPMessage
import HTTPServer
import Logging
import NIOCore
import Synchronization
import TaskExecutors

/// DynamoDB's protocol: AWS JSON 1.0, with a `POST /` for each operation, and `GET /` as a health check.
///
/// Source: "DynamoDB low-level API".
final class DynamoDBResponder: Responder, Sendable {
    private static let maximumBodySize = 16 * 1024 * 1024

    private let executor: OperationExecutor
    private let authorizer: Principal.Authorizer?
    private let eventLoop: any EventLoop
    private let inlineExecutor: EventLoopTaskExecutor
    private let logger: Logger
    private let nextDiskFullLog = Mutex(NIODeadline.uptimeNanoseconds(0))

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
        let (kind, message, status): (ServiceError.Kind, String, Int) =
            switch rejection {
            case .malformed: (.serialization, "The request is not valid HTTP", 400)
            case .headTooLarge: (.requestTooLarge, "The header is too large", 431)
            case .bodyTooLarge: (.requestTooLarge, "Request size exceeded limit of 16777216 bytes", 413)
            case .foreignHost: (.accessDenied, "The Host header names another machine", 403)
            case .tooManyBytes: (.serviceUnavailable, "Too many bytes of requests are in memory", 503)
            case .tooManyConnections: (.serviceUnavailable, "Too many connections", 503)
            }
        return Self.response(ServiceError(kind, message).body, status: status)
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
            if error == .diskFull { logDiskFull(error) }
            return Self.response(error.body, status: error.kind.status)
        } catch {
            logger.error("\(target) failed", metadata: ["error": "\(error)"])
            return Self.response(ServiceError(.internalServerError, "Internal server error").body, status: 500)
        }
    }

    /// Logs at most every five seconds, however many requests fail.
    private func logDiskFull(_ error: ServiceError) {
        nextDiskFullLog.withLock { next in
            guard next <= .now() else { return }
            next = .now() + .seconds(5)
            logger.error("\(error.message) until space is freed")
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
                "x-amzn-RequestId": Identifier.random(52, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"),
                "x-amz-crc32": "\(body.withUnsafeBytes { CRC32.checksum(of: $0) })",
            ],
            body: ByteBuffer(bytes: body)
        )
    }
}
