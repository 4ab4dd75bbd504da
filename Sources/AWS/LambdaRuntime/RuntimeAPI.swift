import HTTPConnection
import HTTPMessage

/// A client of Lambda's Runtime API, version 2018-06-01, over one keep-alive connection. Calls block the thread.
///
/// Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes".
package struct RuntimeAPI: ~Copyable {
    private static let basePath = "/2018-06-01/runtime"
    private static let headers: HTTPHeaderFields = ["User-Agent": "bashoutter-swift"]

    private var connection: BlockingConnection

    package init(over connection: consuming BlockingConnection) {
        self.connection = connection
    }

    /// Waits for the next invocation, without a timeout.
    package mutating func next() throws(RuntimeAPIError) -> Invocation {
        let response = try send(
            HTTPRequest(method: .get, path: "\(Self.basePath)/invocation/next", headers: Self.headers))
        guard response.status == 200 else { throw .unexpectedStatus(response.status) }
        return try Invocation(headers: response.headers, body: response.body)
    }

    /// Sends the outcome of the invocation `requestID`.
    package mutating func send(_ outcome: InvocationOutcome, of requestID: String) throws(RuntimeAPIError) {
        let path = "\(Self.basePath)/invocation/\(requestID)"
        switch outcome {
        case .response(let bytes):
            try post(HTTPRequest(method: .post, path: "\(path)/response", headers: Self.headers, body: bytes))
        case .error(let error):
            try post(Self.request(for: error, path: "\(path)/error", category: "Function"))
        }
    }

    /// Reports that the function could not be initialized.
    package mutating func send(initializationError error: FunctionError) throws(RuntimeAPIError) {
        try post(Self.request(for: error, path: "\(Self.basePath)/init/error", category: "Runtime"))
    }

    private static func request(for error: FunctionError, path: String, category: String) -> HTTPRequest {
        var headers = Self.headers
        headers.add(name: "Content-Type", value: "application/vnd.aws.lambda.error+json")
        headers.add(name: "Lambda-Runtime-Function-Error-Type", value: "\(category).\(error.type)")
        return HTTPRequest(method: .post, path: path, headers: headers, body: error.json)
    }

    private mutating func post(_ request: HTTPRequest) throws(RuntimeAPIError) {
        let status = try send(request).status
        guard status != 202 else { return }
        throw status < 500 ? .outcomeRejected(status: status) : .unexpectedStatus(status)
    }

    /// The connection may have died while the process was frozen. The request is then sent once more, over a new one. If
    /// Lambda has received the first one after all, it rejects the second outcome with a 4xx, which is logged; an
    /// invocation that was the response to a lost `next` is lost.
    private mutating func send(_ request: HTTPRequest) throws(RuntimeAPIError) -> HTTPResponse {
        do {
            return try connection.send(request)
        } catch  where error.isStaleConnection {
            do {
                return try connection.send(request)
            } catch {
                throw .connection(error)
            }
        } catch {
            throw .connection(error)
        }
    }
}
