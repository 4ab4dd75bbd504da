import HTTPMessage
import HTTPServer
import NIOCore
import Time

/// Serves the Runtime API on one connection of a function's process, which knows the port from its environment.
///
/// Source: "Using the Lambda runtime API for custom runtimes" of the AWS Lambda Developer Guide.
final class RuntimeAPIResponder: Responder {
    private let id: FunctionProcess.StateMachine.ConnectionID
    private let process: FunctionProcess
    private let eventLoop: any EventLoop
    /// Responds to the request in progress.
    private var complete: ((Result<HTTPResponse, any Error>) -> Void)?

    init(id: FunctionProcess.StateMachine.ConnectionID, process: FunctionProcess, eventLoop: any EventLoop) {
        self.id = id
        self.process = process
        self.eventLoop = eventLoop
    }

    /// Closes the connections of browsers, which send `Origin` or `Sec-Fetch-Site`.
    func decide(on request: Request) -> RequestDecision {
        let isFromBrowser = ["origin", "sec-fetch-site"].contains { request.headers.first(name: $0) != nil }
        return isFromBrowser ? .close : .admit(maximumBodySize: LambdaLimits.maximumResponseSize)
    }

    func respond(to request: Request) -> EventLoopFuture<HTTPResponse> {
        let promise = eventLoop.makePromise(of: HTTPResponse.self)
        complete = { promise.completeWith($0) }
        handle(request, request.body)
        return promise.futureResult
    }

    func connectionDidClose() {
        complete?(.failure(ChannelError.ioOnClosedChannel))
        complete = nil
        process.connectionDidClose(id)
    }

    /// If a function's response is too large, the process gets a 413 and its invocation fails.
    func response(to rejection: RequestRejection, of request: Request?) -> HTTPResponse? {
        guard rejection == .bodyTooLarge, let request else { return nil }
        var response: HTTPResponse?
        complete = { response = try? $0.get() }
        handle(request, nil)
        complete = nil
        return response
    }

    /// - Parameter body: Nil if it is too large.
    private func handle(_ request: Request, _ body: ByteBuffer?) {
        guard let operation = RuntimeRequest(request) else { return respond(.notFound) }
        let errorType = request.headers.first(name: RuntimeHeader.errorType)
        func error(ofType type: String) -> ByteBuffer {
            if let body, body.readableBytes > 0 { body } else { ErrorPayload.make(type: type, message: "") }
        }
        switch operation {
        case .next: process.runtimeRequestedNext(on: id)
        case .response(let invocation):
            process.runtimeCompleted(invocation, body.map { .success($0) } ?? .responseTooLarge, on: id)
        case .error(let invocation):
            let type = errorType ?? "Unhandled"
            process.runtimeCompleted(invocation, .functionError(type: type, error(ofType: type)), on: id)
        case .initError:
            process.runtimeReportedInitError(error(ofType: errorType ?? "Runtime.Unknown"), on: id)
        }
    }

    /// Responds to the `next` request that is open on this connection.
    ///
    /// - Parameter timeout: The function's timeout in seconds.
    func send(_ invocation: Invocation, timeout: Int, functionARN: String) {
        let deadline = WallClock.milliseconds() + Int64(timeout) * 1_000
        var headers: HTTPHeaderFields = [
            "Content-Type": "application/json",
            RuntimeHeader.requestID: invocation.id,
            RuntimeHeader.deadline: String(deadline),
            RuntimeHeader.functionARN: functionARN,
            RuntimeHeader.traceID: invocation.traceID,
        ]
        if let context = invocation.clientContext { headers.add(name: RuntimeHeader.clientContext, value: context) }
        respond(with: HTTPResponse(status: 200, headers: headers, body: invocation.payload))
    }

    func respond(_ response: RuntimeAPIResponse) { respond(with: response.response) }

    private func respond(with response: HTTPResponse) {
        // The connection's next request may be handled before this returns.
        let complete = self.complete
        self.complete = nil
        complete?(.success(response))
    }
}
