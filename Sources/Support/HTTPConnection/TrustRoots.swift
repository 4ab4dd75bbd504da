import NIOSSL
import Synchronization

/// The root certificates that TLS connections trust: several lists, tried in order.
///
/// A function's package contains the few roots that AWS uses, since loading the system's bundle takes 6 ms. The bundle is
/// loaded only if none of those roots verifies the server's certificate. Connections that share an instance also share the
/// loaded certificates and the list that worked.
package final class TrustRoots: Sendable {
    package enum Roots: Sendable, Hashable {
        /// A PEM file.
        case file(String)
        /// The bundle of the operating system.
        case system
    }

    private struct State {
        /// The index of the list in use.
        var index = 0
        var context: NIOSSLContext?
    }

    private let roots: [Roots]
    private let state = Mutex(State())

    package static var system: TrustRoots { TrustRoots([.system]) }

    /// - Parameter roots: The lists in order. The next list is tried if a list cannot be read or does not verify the
    ///   server's certificate. An empty array means the system's roots.
    package init(_ roots: [Roots]) {
        self.roots = roots.isEmpty ? [.system] : roots
    }

    /// Returns the TLS context for the list in use, and the list's index.
    func context() throws(HTTPConnectionError) -> (context: NIOSSLContext, index: Int) {
        try state.withLock { state throws(HTTPConnectionError) in
            if let context = state.context { return (context, state.index) }
            while true {
                do {
                    let context = try Self.makeContext(trusting: roots[state.index])
                    state.context = context
                    return (context, state.index)
                } catch {
                    guard state.index + 1 < roots.count else {
                        throw HTTPConnectionError(.tls, "could not load the root certificates: \(error)")
                    }
                    state.index += 1
                }
            }
        }
    }

    /// Moves on from list `index`, which does not verify a certificate. Returns whether there is another list to try.
    func advance(beyond index: Int) -> Bool {
        state.withLock { state in
            // Another connection may have moved on already.
            if state.index > index { return true }
            guard index + 1 < roots.count else { return false }
            state.index = index + 1
            state.context = nil
            return true
        }
    }

    private static func makeContext(trusting roots: Roots) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        switch roots {
        case .file(let path): configuration.trustRoots = .file(path)
        case .system: configuration.trustRoots = .default
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
