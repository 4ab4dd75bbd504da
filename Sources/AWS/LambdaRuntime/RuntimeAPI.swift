package import HTTPConnection
internal import NIOCore

/// Lambda's Runtime API, version 2018-06-01: what a runtime can ask, over one kept connection. Calls block the thread.
///
/// Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes".
package struct RuntimeAPI: ~Copyable {
    /// What a runtime can tell Lambda.
    package enum Report: Sendable {
        /// The reply to an invocation.
        case response(requestID: String, [UInt8])
        /// An invocation failed.
        case invocationError(requestID: String, FunctionError)
        /// The function could not start.
        case initializationError(FunctionError)
    }

    private var connection: BlockingConnection

    package init(over connection: consuming BlockingConnection) {
        self.connection = connection
    }

    /// Waits for the next invocation, however long that takes.
    package mutating func next() throws(RuntimeAPIError) -> Invocation {
        let response = try send(HTTPRequest(method: .get, path: "\(Self.base)/invocation/next", headers: Self.agent))
        guard response.status == 200 else { throw .refused(status: response.status) }
        return try Invocation(headers: response.headers, body: response.body)
    }

    /// Tells Lambda what became of an invocation, or of the start.
    package mutating func send(_ report: Report) throws(RuntimeAPIError) {
        let response = try send(report.request)
        guard response.status != 202 else { return }
        let status = response.status
        throw status < 500 ? .refusedReport(status: status) : .refused(status: status)
    }

    /// The connection may have died while the process was frozen; then one try on a new one is made. Should Lambda have
    /// read the first one after all, it answers the second with 400, and nothing is lost.
    private mutating func send(_ request: HTTPRequest) throws(RuntimeAPIError) -> HTTPResponse {
        do {
            return try connection.send(request)
        } catch where error.isStaleConnection {
            do {
                return try connection.send(request)
            } catch {
                throw .unreachable(error)
            }
        } catch {
            throw .unreachable(error)
        }
    }

    fileprivate static let base = "/2018-06-01/runtime"
    fileprivate static let agent: HTTPHeaderFields = ["User-Agent": "bashoutter-swift"]
}

extension RuntimeAPI.Report {
    fileprivate var request: HTTPRequest {
        switch self {
        case .response(let requestID, let bytes):
            HTTPRequest(
                method: .post,
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
        return HTTPRequest(method: .post, path: path, headers: headers, body: ByteBuffer(bytes: json))
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
