import HTTPConnection
import NIOCore

/// Passes the events of a channel to a ``ConnectionStateMachine`` and performs its actions.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var machine: ConnectionStateMachine
    private let responder: any Responder
    private let date: () -> String
    private var context: ChannelHandlerContext?
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isReadDeferred = false
    private var isAdvancing = false

    init(_ machine: ConnectionStateMachine, responder: any Responder, date: @escaping () -> String) {
        self.machine = machine
        self.responder = responder
        self.date = date
    }

    /// Closes the connection when no request is in progress.
    func shutDown() {
        machine.shutDown()
        advance()
    }

    func close() { context?.close(promise: nil) }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) { advance() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        machine.receive(unwrapInboundIn(data))
        advance()
    }

    func read(context: ChannelHandlerContext) {
        if machine.wantsBytes { context.read() } else { isReadDeferred = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        machine.inputDidClose()
        advance()
    }

    func channelInactive(context: ChannelHandlerContext) {
        machine.close()
        timer?.task.cancel()
        timer = nil
        self.context = nil
        responder.connectionDidClose()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Actions

    private func advance() {
        guard let context, !isAdvancing else { return }
        isAdvancing = true
        while let action = machine.next(at: .now()) { perform(action, context) }
        isAdvancing = false
        setTimer(context)
        if isReadDeferred, machine.wantsBytes {
            isReadDeferred = false
            context.read()
        }
    }

    private func perform(_ action: ConnectionStateMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .handle(let request):
            responder.respond(to: request).assumeIsolated().whenComplete { [self] result in
                switch result {
                case .success(let response): respond(response)
                case .failure: self.context?.close(promise: nil)
                }
            }
        case .send(let response, let time):
            guard time > .now() else { return respond(response) }
            context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [self] in respond(response) }
        case .reject(let rejection, let request):
            guard let response = responder.response(to: rejection, of: request) else {
                return context.close(promise: nil)
            }
            respond(response)
        case .write(let bytes): context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        case .closeOutput: context.close(mode: .output, promise: nil)
        case .close: context.close(promise: nil)
        }
    }

    private func respond(_ response: HTTPResponse) {
        guard let context, let encoded = machine.respond(response, date: date(), at: .now()) else { return }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenSuccess { [self] in
            machine.responseDidFlush()
            advance()
        }
        if encoded.body != nil { context.write(wrapOutboundOut(encoded.head), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(encoded.body ?? encoded.head), promise: flushed)
        advance()
    }

    /// Keeps a timer that is due before the deadline, since most deadlines are only postponed.
    private func setTimer(_ context: ChannelHandlerContext) {
        let deadline = machine.deadline
        guard deadline < timer?.deadline ?? .distantFuture else { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            timer = nil
            machine.timerDidExpire(at: .now())
            if machine.isClosed { context.close(promise: nil) } else { setTimer(context) }
        }
        timer = (deadline, task)
    }
}
