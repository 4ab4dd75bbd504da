import NIOCore

/// The state of an ``EndpointResolver``: the lookup in progress and the last known addresses.
struct ResolverState {
    typealias Waiter = EventLoopPromise<[SocketAddress]>

    private enum Phase {
        case idle
        case lookingUp([Waiter])
    }

    private var phase = Phase.idle
    /// From the last successful lookup; empty before that.
    private var knownAddresses: [SocketAddress] = []
    private var couldConnect = true

    enum Action {
        case startLookup
        case joinLookup
    }

    /// Adds a waiter. Returns what to do, and the addresses to use if the lookup takes long: the last known ones, unless
    /// the last attempt to connect to them failed.
    mutating func wait(_ waiter: Waiter) -> (Action, whenSlow: [SocketAddress]) {
        let addresses = couldConnect ? knownAddresses : []
        switch phase {
        case .idle:
            phase = .lookingUp([waiter])
            return (.startLookup, addresses)
        case .lookingUp(let waiters):
            phase = .lookingUp(waiters + [waiter])
            return (.joinLookup, addresses)
        }
    }

    /// Ends the lookup. Returns its waiters and their outcome: after a failed lookup, the addresses of the last successful
    /// one, even if no connection to them could be made.
    mutating func finish(_ outcome: EndpointResolver.Outcome) -> (waiters: [Waiter], EndpointResolver.Outcome) {
        guard case .lookingUp(let waiters) = phase else { return ([], outcome) }
        phase = .idle
        switch outcome {
        case .success(let addresses):
            knownAddresses = addresses
            couldConnect = true
            return (waiters, outcome)
        case .failure:
            return (waiters, knownAddresses.isEmpty ? outcome : .success(knownAddresses))
        }
    }

    /// Records whether a connection to the last known addresses could be made.
    mutating func recordConnection(succeeded: Bool) {
        couldConnect = succeeded
    }
}
