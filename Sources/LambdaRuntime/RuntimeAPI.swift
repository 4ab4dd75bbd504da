package import HTTPConnection
internal import NIOCore
internal import NIOHTTP1

/// Lambda's Runtime API, version 2018-06-01: what a runtime can ask, over one kept connection.
///
/// Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes".
package struct RuntimeAPI: Sendable {
    /// What a runtime can tell Lambda.
    package enum Report: Sendable {
        /// The reply to an invocation.
        case response(requestID: String, [UInt8])
        /// An invocation failed.
        case invocationError(requestID: String, FunctionError)
        /// The function could not start.
        case initializationError(FunctionError)
    }

    private let connection: HTTPConnection

    package init(over connection: HTTPConnection) {
        self.connection = connection
    }

    /// Waits for the next invocation, however long that takes.
    package func next() async throws(RuntimeAPIError) -> Invocation {
        let response = try await send(HTTPRequest(method: .GET, path: "\(Self.base)/invocation/next", headers: Self.agent))
        guard response.status == .ok else { throw .refused(status: Int(response.status.code)) }
        return try Invocation(headers: response.headers, body: response.body)
    }

    /// Tells Lambda what became of an invocation, or of the start.
    package func send(_ report: Report) async throws(RuntimeAPIError) {
        let response = try await send(report.request)
        guard response.status != .accepted else { return }
        let status = Int(response.status.code)
        throw status < 500 ? .refusedReport(status: status) : .refused(status: status)
    }

    /// The connection may have died while the process was frozen; then one try on a new one is made. Should Lambda have
    /// read the first one after all, it answers the second with 400, and nothing is lost.
    private func send(_ request: HTTPRequest) async throws(RuntimeAPIError) -> HTTPResponse {
        do {
            return try await connection.send(request, timeout: nil)
        } catch where error.isStaleConnection {
            do {
                return try await connection.send(request, timeout: nil)
            } catch {
                throw .unreachable(error)
            }
        } catch {
            throw .unreachable(error)
        }
    }

    fileprivate static let base = "/2018-06-01/runtime"
    fileprivate static let agent: HTTPHeaders = ["User-Agent": "bashoutter-swift"]
}

extension RuntimeAPI.Report {
    fileprivate var request: HTTPRequest {
        switch self {
        case .response(let requestID, let bytes):
            HTTPRequest(
                method: .POST,
                path: "\(RuntimeAPI.base)/invocation/\(requestID)/response",
                headers: RuntimeAPI.agent,
                body: ByteBuffer(bytes: bytes)
            )
        case .invocationError(let requestID, let error):
            error.request(to: "\(RuntimeAPI.base)/invocation/\(requestID)/error", category: "Function")
        case .initializationError(let error):
            error.request(to: "\(RuntimeAPI.base)/init/error", category: "Runtime")
        }
    }
}

extension FunctionError {
    fileprivate func request(to path: String, category: String) -> HTTPRequest {
        var headers = RuntimeAPI.agent
        headers.add(name: "Content-Type", value: "application/vnd.aws.lambda.error+json")
        headers.add(name: "Lambda-Runtime-Function-Error-Type", value: "\(category).\(type)")
        return HTTPRequest(method: .POST, path: path, headers: headers, body: ByteBuffer(bytes: json))
    }
}

/// Why there is no talking to the Runtime API.
package enum RuntimeAPIError: Error, Equatable, Sendable {
    /// There is no connection to be had.
    case unreachable(HTTPConnectionError)
    /// It answered with a status that ends the process: a 5xx, which means that the environment cannot recover, or one
    /// that a correct runtime never sees.
    case refused(status: Int)
    /// It refused a report about one invocation (400, 403, 413); the next invocation may do better.
    case refusedReport(status: Int)
    /// A header that every invocation has is not there.
    case missingHeader(String)
    /// A header has a value of another form.
    case malformedHeader(String)
}

extension RuntimeAPIError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let error): "The Lambda Runtime API cannot be reached: \(error)."
        case .refused(let status): "The Lambda Runtime API answered \(status)."
        case .refusedReport(let status): "The Lambda Runtime API answered \(status) to the report of an invocation."
        case .missingHeader(let name): "The Lambda Runtime API sent an invocation without the header \(name)."
        case .malformedHeader(let name): "The Lambda Runtime API sent an invocation with a malformed header \(name)."
        }
    }
}
