import NIOCore

/// One invocation on its way through a ``FunctionPool``.
struct Invocation: PoolInvocation {
    typealias Payload = ByteBuffer

    let id: String
    let payload: ByteBuffer
    let clientContext: String?
    let traceID: String
    let arrival: ContinuousClock.Instant
    let promise: EventLoopPromise<InvocationResult>

    var size: Int { payload.readableBytes }

    func succeed(_ payload: ByteBuffer) {
        promise.succeed(InvocationResult(status: .success, payload: payload, requestID: id))
    }

    func fail(_ status: InvocationResult.Status, _ payload: ByteBuffer) {
        promise.succeed(InvocationResult(status: status, payload: payload, requestID: id))
    }

    func reject(_ rejection: InvocationRejection) { promise.fail(rejection) }

    /// - Parameter timeout: The function's timeout in seconds.
    func complete(_ outcome: InvocationCompletion<Invocation>.Outcome, timeout: Int) {
        switch outcome {
        case .success(let response):
            succeed(response)
        case .functionError(_, let error):
            fail(.functionError, error)
        case .responseTooLarge:
            let message =
                "Response payload size exceeded maximum allowed payload size (\(LambdaLimits.maximumResponseSize) bytes)."
            fail(.functionError, ErrorPayload.make(type: "Function.ResponseSizeTooLarge", message: message))
        case .timedOut:
            let seconds = Duration.seconds(timeout).seconds(decimals: 2)
            let message = "RequestId: \(id) Error: Task timed out after \(seconds) seconds"
            fail(.timedOut, ErrorPayload.make(type: "Sandbox.Timedout", message: message))
        case .exited(let status):
            let message = "RequestId: \(id) Error: Runtime exited with error: \(status)"
            fail(.exited, ErrorPayload.make(type: "Runtime.ExitError", message: message))
        }
    }
}
