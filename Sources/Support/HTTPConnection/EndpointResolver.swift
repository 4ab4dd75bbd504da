package import NIOCore
import NIOPosix
import Synchronization

/// Resolves the host name of one endpoint. Connections that share an instance share its lookups and their results.
///
/// At most one lookup is in progress. Connections that need the addresses meanwhile join it, so that no retry discards a
/// lookup that is about to succeed. Every other new connection looks the name up again, since addresses change. If that
/// fails or is slow, the addresses of the last successful lookup are used, as RFC 8767 describes for DNS resolvers.
package final class EndpointResolver: Sendable {
    package typealias Outcome = Result<[SocketAddress], NameResolutionError>
    /// Starts to look up an endpoint's host, and calls the closure once, on any thread.
    package typealias Lookup = @Sendable (HTTPEndpoint, @escaping @Sendable (Outcome) -> Void) -> Void

    package let endpoint: HTTPEndpoint
    /// The address, if the host is one and needs no lookup.
    let literalAddress: SocketAddress?
    private let patience: Duration
    private let startLookup: Lookup
    private let state = Mutex(ResolverState())

    /// - Parameters:
    ///   - patience: How long to wait for a lookup if there are addresses of an earlier one.
    ///   - startLookup: The lookup to use instead of the C library's `getaddrinfo`.
    package init(
        _ endpoint: HTTPEndpoint,
        patience: Duration = .milliseconds(500),
        startLookup: Lookup? = nil
    ) {
        self.endpoint = endpoint
        self.patience = patience
        self.startLookup = startLookup ?? SystemLookup.start
        literalAddress = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port)
    }

    /// Returns one or more addresses. Fails with ``NameResolutionError``.
    func addresses(on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        // Completing a promise again has no effect: the first outcome counts.
        let promise = eventLoop.makePromise(of: [SocketAddress].self)
        let (action, whenSlow) = state.withLock { $0.wait(promise) }
        if !whenSlow.isEmpty {
            let timer = eventLoop.scheduleTask(in: TimeAmount(patience)) { promise.succeed(whenSlow) }
            promise.futureResult.whenComplete { _ in timer.cancel() }
        }
        if case .startLookup = action { startLookup(endpoint) { self.finish($0) } }
        return promise.futureResult
    }

    /// Records whether a connection to the addresses could be made.
    func recordConnection(succeeded: Bool) {
        state.withLock { $0.recordConnection(succeeded: succeeded) }
    }

    private func finish(_ outcome: Outcome) {
        let (waiters, result) = state.withLock { $0.finish(outcome) }
        for waiter in waiters {
            switch result {
            case .success(let addresses): waiter.succeed(addresses)
            case .failure(let error): waiter.fail(error)
            }
        }
    }
}

/// Passes addresses that are known already to NIO, which tries them as RFC 8305 ("Happy Eyeballs") says.
struct KnownAddresses: Resolver, Sendable {
    private let addresses: [SocketAddress]
    private let eventLoop: any EventLoop

    init(_ addresses: [SocketAddress], on eventLoop: any EventLoop) {
        self.addresses = addresses
        self.eventLoop = eventLoop
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        eventLoop.makeSucceededFuture(addresses.filter { $0.protocol == .inet })
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        eventLoop.makeSucceededFuture(addresses.filter { $0.protocol == .inet6 })
    }

    func cancelQueries() {}
}
