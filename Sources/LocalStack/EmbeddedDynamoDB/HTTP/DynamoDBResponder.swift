import Encoding
import HTTPTypes
import Hummingbird
import JSON
import LoadShedding
import LocalHTTP
import Logging
import NIOCore

/// DynamoDB's protocol: JSON 1.0 over HTTP, one `POST /` an operation.
///
/// Source: "DynamoDB low-level API".
struct DynamoDBResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private static let maximumBodySize = 16 * 1024 * 1024
    private static let contentType = "application/x-amz-json-1.0"
    /// The names that requests may have as their host.
    private static let names = HostName.local + ["dynamodb.localhost"]

    let operations: OperationExecutor
    let authorizer: Principal.Authorizer?
    let bodies: BodyBudget
    let logger: Logger
    private let diskFullNotice = ThrottledLog()

    init(operations: OperationExecutor, authorizer: Principal.Authorizer?, bodies: BodyBudget, logger: Logger) {
        self.operations = operations
        self.authorizer = authorizer
        self.bodies = bodies
        self.logger = logger
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        guard request.head.authority.map({ HostName.isOne(of: Self.names, $0) }) ?? true else {
            return Self.response(to: ServiceError(.accessDenied, "The Host header names another machine"), .forbidden)
        }
        guard request.uri.path == "/", request.method == .get || request.method == .post else {
            return Self.response(to: ServiceError(.unknownOperation, ""), .notFound)
        }
        if request.method == .get {
            let health = "healthy: \(request.head.authority ?? "localhost") "
            return Self.response(Array(health.utf8), contentType: "text/plain")
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.maximumBodySize {
            return Self.tooLarge
        }
        do {
            return try await bodies.withBody(of: request, upTo: Self.maximumBodySize) { body in
                Self.response(try await perform(request, body: Array(buffer: body)))
            }
        } catch let error as ServiceError {
            if error == .diskFull { diskFullNotice.write("\(error.message) until there is room", to: logger) }
            return Self.response(to: error, error.kind.status)
        } catch is NIOTooManyBytesError {
            return Self.tooLarge
        } catch is BodyBudget.Exceeded {
            return Self.lastResponse(to: ServiceError(.serviceUnavailable, "Too many bytes of requests are in memory"))
        }
    }

    private func perform(_ request: Request, body: [UInt8]) async throws -> [UInt8] {
        let target = (request.headers[.amzTarget] ?? "").split(separator: ".", maxSplits: 1)
        guard target.count == 2, target[0] == "DynamoDB_20120810",
            let operation = Operation(rawValue: String(target[1]))
        else { throw ServiceError(.unknownOperation, "") }
        guard let authorization = request.headers[.authorization], authorization.hasPrefix("AWS4-") else {
            throw ServiceError(.missingAuthenticationToken, "Request is missing Authentication Token")
        }
        let credential = try Credential(authorization)
        let caller = Principal(
            accessKeyID: credential.accessKeyID,
            region: credential.region,
            authorizer: authorizer
        )
        do {
            return try await operations.perform(operation, body: body, for: caller)
        } catch let error as ServiceError {
            throw error
        } catch {
            logger.error("\(operation.rawValue) failed", metadata: ["error": "\(error)"])
            throw ServiceError(.internalServerError, "Internal server error")
        }
    }

    // MARK: Replies

    private static func response(
        _ body: [UInt8],
        _ status: HTTPResponse.Status = .ok,
        contentType: String = Self.contentType
    ) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: contentType, .amzRequestID: RequestID.random(), .amzCRC32: "\(body.withUnsafeBytes { CRC32.checksum(of: $0) })",
                .contentLength: "\(body.count)",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }

    private static func response(to error: ServiceError, _ status: HTTPResponse.Status) -> Response {
        response(error.body, status)
    }

    /// Thrown when a reply has been written, to end the connection.
    private struct EndOfConnection: Error {}

    private static var tooLarge: Response {
        let error = ServiceError(.requestTooLarge, "Request size exceeded limit of 16777216 bytes")
        return lastResponse(to: error, .contentTooLarge)
    }

    /// The reply to a request of which the rest is not worth reading: the connection ends with it.
    private static func lastResponse(to error: ServiceError, _ status: HTTPResponse.Status? = nil) -> Response {
        var response = response(to: error, status ?? error.kind.status)
        response.headers[.connection] = "close"
        response.body = ResponseBody(contentLength: error.body.count) { writer in
            try await writer.write(ByteBuffer(bytes: error.body))
            try await writer.finish(nil)
            throw EndOfConnection()
        }
        return response
    }
}

extension ServiceError.Kind {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .internalServerError: .internalServerError
        case .serviceUnavailable: .serviceUnavailable
        default: .badRequest
        }
    }
}

extension ServiceError {
    /// The body of the reply.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("__type", kind.rawValue)
            // The services behind DynamoDB do not agree on how to spell this.
            switch kind {
            case _ where message.isEmpty: break
            case .serialization, .accessDenied: $0.member("Message", message)
            default: $0.member("message", message)
            }
            if let item {
                $0.key("Item")
                $0.raw(item)
            }
        }
        return writer.bytes
    }
}

extension HTTPField.Name {
    private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .server }
    fileprivate static let amzTarget = named("X-Amz-Target")
    fileprivate static let amzRequestID = named("x-amzn-RequestId")
    fileprivate static let amzCRC32 = named("x-amz-crc32")
}

/// Ids as the service gives its requests: 52 capital letters and digits.
private enum RequestID {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)

    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        var (id, bits, left): ([UInt8], UInt64, Int) = ([], 0, 0)
        while id.count < 52 {
            if left < 5 { (bits, left) = (generator.next(), 64) }
            id.append(alphabet[Int(bits & 31)])
            (bits, left) = (bits >> 5, left - 5)
        }
        return String(decoding: id, as: UTF8.self)
    }
}

/// What the Authorization header of Signature Version 4 says of who signed. The signature itself is not checked: there
/// are no secrets here.
private struct Credential {
    let accessKeyID: String
    let region: String

    init(_ authorization: String) throws(ServiceError) {
        var members: [Substring: Substring] = [:]
        for part in authorization.split(whereSeparator: { $0 == " " || $0 == "," }).dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { members[pair[0]] = pair[1] }
        }
        let missing = ["Credential", "Signature", "SignedHeaders"].filter { members[$0[...]] == nil }
        guard missing.isEmpty, let credential = members["Credential"] else {
            let complaints = missing.map { "Authorization header requires '\($0)' parameter. " }.joined()
            throw ServiceError(.incompleteSignature, complaints + "Authorization=\(authorization)")
        }
        let scope = credential.split(separator: "/", omittingEmptySubsequences: false)
        guard scope.count >= 5 else {
            throw ServiceError(
                .incompleteSignature,
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                    + "got '\(credential)'"
            )
        }
        accessKeyID = scope.dropLast(4).joined(separator: "/")
        region = String(scope[scope.count - 3])
    }
}
