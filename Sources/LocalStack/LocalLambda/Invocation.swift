import NIOCore

/// One invocation on its way through a ``FunctionPool``.
struct Invocation: Sendable {
    /// How many bytes a client context may have before it is refused (it travels in a header).
    static let maximumClientContext = 3_583

    let id: String
    let payload: ByteBuffer
    let clientContext: String?
    let traceID: String
    let arrival: NIODeadline
    let promise: EventLoopPromise<InvocationResult>

    func succeed(_ payload: ByteBuffer) {
        promise.succeed(InvocationResult(status: .success, payload: payload, requestID: id))
    }

    func fail(_ status: InvocationResult.Status, _ payload: ByteBuffer) {
        promise.succeed(InvocationResult(status: status, payload: payload, requestID: id))
    }

    func refuse(_ refusal: InvocationRejection) { promise.fail(refusal) }
}
