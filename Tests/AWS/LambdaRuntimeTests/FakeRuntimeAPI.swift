import HTTPMessage
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// A fake of Lambda's Runtime API. It performs one of the given steps for each request for the next invocation, and
/// records the outcomes that it receives. After the last step it responds with 500, which ends an invocation loop.
final class FakeRuntimeAPI: Sendable {
    enum Step: Sendable {
        case invocation(id: String, body: String = "{}", headers: HTTPHeaders = [:])
        case headersOnly(HTTPHeaders)
        case dropConnection
    }

    struct Outcome: Sendable {
        let path: String
        let headers: HTTPHeaders
        let body: String
    }

    struct State: Sendable {
        var steps: [Step]
        var outcomeStatus: HTTPResponseStatus = .accepted
        var outcomes: [Outcome] = []
        var connections = 0
    }

    let state: NIOLockedValueBox<State>
    private let channel: any Channel

    init(_ steps: [Step], outcomeStatus: HTTPResponseStatus = .accepted, on group: any EventLoopGroup) async throws {
        let state = NIOLockedValueBox(State(steps: steps, outcomeStatus: outcomeStatus))
        self.state = state
        channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler(state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var address: String { "127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var outcomes: [Outcome] { state.withLockedValue { $0.outcomes } }
    var connections: Int { state.withLockedValue { $0.connections } }

    func close() async throws {
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let state: NIOLockedValueBox<State>
        private var head: HTTPRequestHead?
        private var body = ""

        init(_ state: NIOLockedValueBox<State>) {
            self.state = state
        }

        func channelActive(context: ChannelHandlerContext) {
            state.withLockedValue { $0.connections += 1 }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = ""
            case .body(let buffer):
                body += String(buffer: buffer)
            case .end:
                if let head { respond(to: head, context) }
            }
        }

        private func respond(to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
            guard head.uri == "/2018-06-01/runtime/invocation/next" else {
                let outcome = Outcome(path: head.uri, headers: head.headers, body: body)
                let status = state.withLockedValue {
                    $0.outcomes.append(outcome)
                    return $0.outcomeStatus
                }
                return write(status, [:], "{\"status\":\"OK\"}", context)
            }
            let step = state.withLockedValue { $0.steps.isEmpty ? nil : $0.steps.removeFirst() }
            switch step {
            case .invocation(let id, let body, let headers):
                var all: HTTPHeaders = [
                    "Lambda-Runtime-Aws-Request-Id": id, "Lambda-Runtime-Deadline-Ms": "10000",
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:1:function:f",
                ]
                for (name, value) in headers { all.replaceOrAdd(name: name, value: value) }
                write(.ok, all, body, context)
            case .headersOnly(let headers): write(.ok, headers, "{}", context)
            case .dropConnection: context.close(promise: nil)
            case nil: write(.internalServerError, [:], "", context)
            }
        }

        private func write(
            _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: String, _ context: ChannelHandlerContext
        ) {
            var headers = headers
            headers.add(name: "Content-Length", value: "\(body.utf8.count)")
            context.write(
                wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
