import HTTPMessage
import NIOCore

/// The state of an ``HTTPConnection``, confined to its event loop: opens, keeps and replaces the channel.
final class ConnectionStateMachine {
    typealias OpenOutcome = Result<Void, HTTPConnectionError>

    private enum Phase {
        case closed
        case opening(ConnectionAttempt, waiting: [(OpenOutcome) -> Void])
        case open(any Channel, HTTPExchangeHandler, lastUsed: ContinuousClock.Instant?)
    }

    private let resolver: EndpointResolver
    private let eventLoop: any EventLoop
    private let configuration: HTTPConnection.Configuration
    private var phase = Phase.closed
    private var current: Exchange?
    private var lastCancelled: UInt64?

    init(to resolver: EndpointResolver, on eventLoop: any EventLoop, configuration: HTTPConnection.Configuration) {
        self.resolver = resolver
        self.eventLoop = eventLoop
        self.configuration = configuration
    }

    deinit {
        if case .open(let channel, _, _) = phase { channel.close(promise: nil) }
    }

    // MARK: Requests

    func send(_ exchange: Exchange, timeout: Duration?) {
        precondition(current?.isFinished ?? true, "an HTTPConnection carries one request at a time")
        guard exchange.request.isWellFormed else { return exchange.fail(.invalidRequest) }
        guard exchange.id != lastCancelled else { return exchange.fail(.cancelled) }
        if let timeout {
            guard timeout > .zero else { return exchange.fail(.timedOut) }
            let connection = NIOLoopBound(self, eventLoop: eventLoop)
            exchange.limit(to: timeout, on: eventLoop, Expiry(id: exchange.id, connection: connection))
        }
        current = exchange
        if let handler = reusableHandler() {
            exchange.isOnReusedConnection = true
            handler.start(exchange)
        } else {
            open { outcome in
                guard !exchange.isFinished else { return }
                switch outcome {
                case .success: self.start(exchange)
                case .failure(let error): exchange.fail(error.kind, error.message)
                }
            }
        }
    }

    /// The timeout of an exchange.
    private struct Expiry: NIOScheduledCallbackHandler {
        let id: UInt64
        let connection: NIOLoopBound<ConnectionStateMachine>

        func handleScheduledCallback(eventLoop: some EventLoop) {
            let connection = connection.value
            guard let current = connection.current, current.id == id else { return }
            connection.abandon(current, as: .timedOut)
        }
    }

    func cancel(_ id: UInt64) {
        if let current, current.id == id {
            abandon(current, as: .cancelled)
        } else {
            // Either the request is finished, or the cancellation arrived before it.
            lastCancelled = id
        }
    }

    private func start(_ exchange: Exchange) {
        guard case .open(let channel, let handler, _) = phase, channel.isActive else {
            return exchange.fail(.closedBeforeResponse)
        }
        handler.start(exchange)
    }

    private func abandon(_ exchange: Exchange, as kind: HTTPConnectionError.Kind) {
        guard !exchange.isFinished else { return }
        exchange.fail(kind)
        // A connection with an outstanding response cannot be reused. One that is still opening serves the next request.
        if case .open(let channel, let handler, _) = phase, handler.abandon(exchange) {
            phase = .closed
            channel.close(promise: nil)
        }
    }

    /// The open channel's handler, if it can carry another request.
    private func reusableHandler() -> HTTPExchangeHandler? {
        guard case .open(let channel, let handler, let lastUsed) = phase, channel.isActive, handler.isIdle else {
            return nil
        }
        guard let limit = configuration.maximumIdleTime else { return handler }
        let now = ContinuousClock.now
        if let lastUsed, lastUsed.duration(to: now) > limit { return nil }
        phase = .open(channel, handler, lastUsed: now)
        return handler
    }

    // MARK: Opening and closing

    func open(_ completion: @escaping (OpenOutcome) -> Void) {
        switch phase {
        case .opening(let opening, let waiting):
            phase = .opening(opening, waiting: waiting + [completion])
        case .open(_, let handler, _) where handler.isBusy || reusableHandler() != nil:
            completion(.success(()))
        case .open(let channel, _, _):
            channel.close(promise: nil)
            startOpening(completion)
        case .closed:
            startOpening(completion)
        }
    }

    /// Calls `completion` when the connection is open, when it could not be opened, or after `limit`.
    func open(waitingAtMost limit: Duration, _ completion: @escaping (OpenOutcome) -> Void) {
        var waiting: ((OpenOutcome) -> Void)? = completion
        let timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
            waiting?(.failure(HTTPConnectionError(.timedOut, "while connecting to \(self.resolver.endpoint)")))
            waiting = nil
        }
        open { outcome in
            timer.cancel()
            waiting?(outcome)
            waiting = nil
        }
    }

    private func startOpening(_ completion: @escaping (OpenOutcome) -> Void) {
        let opening = ConnectionAttempt(to: resolver, on: eventLoop, configuration: configuration)
        phase = .opening(opening, waiting: [completion])
        opening.start { outcome in self.opened(opening, outcome) }
    }

    private func opened(_ opening: ConnectionAttempt, _ outcome: ConnectionAttempt.Outcome) {
        guard case .opening(let current, let waiting) = phase, current === opening else { return }
        switch outcome {
        case .success(let (channel, handler)):
            phase = .open(channel, handler, lastUsed: configuration.maximumIdleTime.map { _ in .now })
            for completion in waiting { completion(.success(())) }
        case .failure(let error):
            phase = .closed
            for completion in waiting { completion(.failure(error)) }
        }
    }

    func close(_ completion: @escaping () -> Void) {
        let phase = self.phase
        self.phase = .closed
        switch phase {
        case .closed:
            completion()
        case .opening(let opening, let waiting):
            opening.cancel()
            for waiter in waiting { waiter(.failure(HTTPConnectionError(.cancelled, "the connection was closed"))) }
            completion()
        case .open(let channel, let handler, _):
            if let current, handler.abandon(current) { current.fail(.cancelled, "the connection was closed") }
            channel.closeFuture.assumeIsolated().whenComplete { _ in completion() }
            channel.close(promise: nil)
        }
    }
}
