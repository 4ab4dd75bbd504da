import HTTPMessage
import NIOCore

/// Passes the events of a channel to a ``ConnectionStateMachine`` and performs its actions.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var machine: ConnectionStateMachine
    private let responder: any Responder
    private let date: () -> String
    private var context: ChannelHandlerContext?
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isAdvancing = false

    init(_ machine: ConnectionStateMachine, _ responder: any Responder, date: @escaping () -> String) {
        self.machine = machine
        self.responder = responder
        self.date = date
    }

    func shutDown() {
        machine.isShuttingDown = true
        advance()
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        advance()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        machine.receive(unwrapInboundIn(data))
        advance()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        machine.isInputClosed = true
        advance()
    }

    func channelInactive(context: ChannelHandlerContext) {
        machine.close()
        timer?.task.cancel()
        self.context = nil
        responder.connectionDidClose()
    }

    private func advance() {
        guard let context, !isAdvancing else { return }
        isAdvancing = true
        while let action = machine.next(at: .now()) {
            switch action {
            case .handle(let request):
                responder.respond(to: request).assumeIsolated().whenComplete { [self] in respond(try? $0.get()) }
            case .send(let response, let time):
                context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [self] in respond(response) }
            case .reject(let rejection, let request): respond(responder.response(to: rejection, of: request))
            case .write(let bytes): context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            case .closeOutput: context.close(mode: .output, promise: nil)
            case .close: context.close(promise: nil)
            }
        }
        isAdvancing = false
        setTimer(context)
        if machine.wantsBytes { context.read() }
    }

    /// Closes the connection if there is no response.
    private func respond(_ response: HTTPResponse?) {
        guard let context else { return }
        guard let response else { return context.close(promise: nil) }
        guard let bytes = machine.respond(response, date: date(), at: .now()) else { return }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenSuccess { [self] in
            machine.responseDidFlush(at: .now())
            advance()
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: flushed)
        advance()
    }

    /// Keeps a timer that is due before the deadline, since most deadlines are only postponed.
    private func setTimer(_ context: ChannelHandlerContext) {
        let deadline = machine.deadline
        guard deadline < timer?.deadline ?? .distantFuture else { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            timer = nil
            if machine.deadline <= .now() { context.close(promise: nil) } else { setTimer(context) }
        }
        timer = (deadline, task)
    }
}
