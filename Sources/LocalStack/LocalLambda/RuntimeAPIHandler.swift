import NIOCore
import NIOHTTP1
import Time

/// Serves the Runtime API on one connection of a function's process.
///
/// Source: "Using the Lambda runtime API for custom runtimes" of the AWS Lambda Developer Guide.
final class RuntimeAPIHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let id: FunctionProcess.StateMachine.ConnectionID
    private let process: FunctionProcess
    private var context: ChannelHandlerContext?
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    /// The size in bytes of the body so far. What exceeds ``LambdaLimits/maximumResponseSize`` is not kept.
    private var bodySize = 0

    init(id: FunctionProcess.StateMachine.ConnectionID, process: FunctionProcess) {
        self.id = id
        self.process = process
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard RuntimeAPIRequestPolicy.isAllowed(head) else { return context.close(promise: nil) }
            self.head = head
            body = ByteBuffer()
            bodySize = 0
        case .body(var part):
            bodySize += part.readableBytes
            guard bodySize <= RuntimeAPIRequestPolicy.maximumBodySize else { return context.close(promise: nil) }
            guard head != nil else { return }
            if isTooLarge {
                body = ByteBuffer()
            } else if body.readableBytes == 0 {
                body = part
            } else {
                body.writeBuffer(&part)
            }
        case .end:
            guard let head else { return }
            let body = RuntimeRequestBody(
                content: isTooLarge ? nil : self.body,
                errorType: head.headers.first(name: RuntimeHeader.errorType)
            )
            self.head = nil
            self.body = ByteBuffer()
            guard let request = RuntimeRequest(head) else { return respond(.notFound) }
            process.handle(request, body, on: id)
        }
    }

    private var isTooLarge: Bool { bodySize > LambdaLimits.maximumResponseSize }

    /// Responds to the `next` request that is open on this connection.
    ///
    /// - Parameter timeout: The function's timeout in seconds.
    func send(_ invocation: Invocation, timeout: Int, functionARN: String) {
        let deadline = WallClock.milliseconds() + Int64(timeout) * 1_000
        var headers = HTTPHeaders()
        headers.reserveCapacity(7)
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "content-length", value: String(invocation.payload.readableBytes))
        headers.add(name: RuntimeHeader.requestID, value: invocation.id)
        headers.add(name: RuntimeHeader.deadline, value: String(deadline))
        headers.add(name: RuntimeHeader.functionARN, value: functionARN)
        headers.add(name: RuntimeHeader.traceID, value: invocation.traceID)
        if let clientContext = invocation.clientContext {
            headers.add(name: RuntimeHeader.clientContext, value: clientContext)
        }
        write(.ok, headers, invocation.payload)
    }

    func respond(_ response: RuntimeAPIResponse) {
        let body = ByteBuffer(string: response.json)
        write(
            response.status,
            ["content-type": "application/json", "content-length": String(body.readableBytes)],
            body
        )
    }

    func close() { context?.close(promise: nil) }

    private func write(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
