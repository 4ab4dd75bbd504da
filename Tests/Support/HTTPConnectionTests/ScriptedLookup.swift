import HTTPConnection
import NIOCore
import Synchronization

/// A name resolver whose lookups end when the test says so.
final class ScriptedLookup: Sendable {
    private typealias Completion = @Sendable (EndpointResolver.Outcome) -> Void

    private struct State {
        var started = 0
        var pending: [Completion] = []
        /// Completes new lookups at once; nil leaves them in progress.
        var outcome: EndpointResolver.Outcome?
    }

    private let state = Mutex(State())

    /// The number of lookups so far.
    var started: Int { state.withLock { $0.started } }

    func start(_ completion: @escaping @Sendable (EndpointResolver.Outcome) -> Void) {
        let outcome = state.withLock { state in
            state.started += 1
            if state.outcome == nil { state.pending.append(completion) }
            return state.outcome
        }
        if let outcome { completion(outcome) }
    }

    /// Completes the lookups in progress and all later ones with `outcome`. With nil, both stay in progress until the
    /// next call.
    func complete(with outcome: EndpointResolver.Outcome?) {
        let pending = state.withLock { state in
            state.outcome = outcome
            guard outcome != nil else { return [Completion]() }
            defer { state.pending = [] }
            return state.pending
        }
        guard let outcome else { return }
        for completion in pending { completion(outcome) }
    }
}
