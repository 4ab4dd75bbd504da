import JSON
import NIOCore
import NIOHTTP1

/// Answers the Runtime API on one connection of a function's process.
///
/// Source: "Using the Lambda runtime API for custom runtimes" of the AWS Lambda Developer Guide.
final class RuntimeAPIHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let process: FunctionProcess
    private var context: ChannelHandlerContext?
    private var head: HTTPRequestHead?
    private var body: ByteBuffer?
    private var isTooLarge = false
    /// Bytes of the body so far.
    private var received = 0

    init(process: FunctionProcess) {
        self.process = process
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelInactive(context: ChannelHandlerContext) {
        process.connectionClosed(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard RuntimeAPIRequestPolicy.isAllowed(head) else { return context.close(promise: nil) }
            self.head = head
            body = nil
            isTooLarge = false
            received = 0
        case .body(var part):
            received += part.readableBytes
            guard received <= RuntimeAPIRequestPolicy.longestResponse else { return context.close(promise: nil) }
            guard head != nil, !isTooLarge else { return }
            if (body?.readableBytes ?? 0) + part.readableBytes > LambdaLimits.replySize {
                isTooLarge = true
                body = nil
            } else if body == nil {
                body = part
            } else {
                body?.writeBuffer(&part)
            }
        case .end:
            guard let head else { return }
            let body = self.body ?? ByteBuffer()
            self.head = nil
            self.body = nil
            answer(head, body)
        }
    }

    private func answer(_ head: HTTPRequestHead, _ body: ByteBuffer) {
        guard let request = RuntimeRequest(head) else {
            return reply(.notFound, #"{"errorType":"InvalidPath","errorMessage":"There is no such path"}"#)
        }
        let reply: RuntimeAPIResponse
        switch request {
        case .next:
            guard let refusal = process.next(self) else { return }
            reply = refusal
        case .response(let id) where isTooLarge:
            reply = process.oversizedResponse(to: id)
        case .response(let id):
            reply = process.response(to: id, body)
        case .error(let id):
            reply = process.error(in: id, body, type: head.headers.first(name: RuntimeHeader.errorType))
        case .initError:
            reply = process.initError(body, type: head.headers.first(name: RuntimeHeader.errorType))
        }
        self.reply(reply.status, reply.json)
    }

    /// Answers the `next` request that is open on this connection.
    func deliver(_ invocation: Invocation, deadline: Int, functionARN: String) {
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

    private func reply(_ status: HTTPResponseStatus, _ json: String) {
        let body = ByteBuffer(string: json)
        write(status, ["content-type": "application/json", "content-length": String(body.readableBytes)], body)
    }

    private func write(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

/// An answer other than an invocation.
struct RuntimeAPIResponse {
    let status: HTTPResponseStatus
    let json: String

    static let accepted = RuntimeAPIResponse(status: .accepted, json: #"{"status":"OK"}"#)

    static let invalidRequestID = RuntimeAPIResponse(
        status: .badRequest,
        json: #"{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}"#
    )

    static let payloadTooLarge = RuntimeAPIResponse(
        status: .payloadTooLarge,
        json: """
            {"errorType":"RequestEntityTooLarge",\
            "errorMessage":"Exceeded maximum allowed payload size (\(LambdaLimits.replySize) bytes)."}
            """
    )

    static func invalidTransition(_ message: String) -> RuntimeAPIResponse {
        RuntimeAPIResponse(
            status: .forbidden,
            json: #"{"errorType":"InvalidStateTransition","errorMessage":"\#(message)"}"#
        )
    }
}

/// The headers of the Runtime API.
enum RuntimeHeader {
    static let requestID = "Lambda-Runtime-Aws-Request-Id"
    static let deadline = "Lambda-Runtime-Deadline-Ms"
    static let functionARN = "Lambda-Runtime-Invoked-Function-Arn"
    static let traceID = "Lambda-Runtime-Trace-Id"
    static let clientContext = "Lambda-Runtime-Client-Context"
    static let errorType = "Lambda-Runtime-Function-Error-Type"
}
