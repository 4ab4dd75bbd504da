import NIOSSL
import Synchronization

/// Whom TLS connections trust: lists of root certificates, tried in order.
///
/// A function carries the few roots that its service uses, since reading the system's bundle costs 6 ms; the bundle is
/// read only when a server's certificate leads to none of the few. All connections that share a `TLSTrust` share what
/// was read and what was found out.
public final class TrustRoots: Sendable {
    /// A list of root certificates.
    public enum Roots: Sendable, Hashable {
        /// The certificates in a PEM file.
        case file(String)
        /// The bundle of the operating system.
        case system
    }

    private struct State {
        /// Which of the lists is in use.
        var index = 0
        var context: NIOSSLContext?
    }

    private let roots: [Roots]
    private let state = Mutex(State())

    /// The operating system's roots.
    public static var system: TrustRoots { TrustRoots([.system]) }

    /// Trust in `roots`; if the server's certificate leads to none of the first list, or the list cannot be read, the
    /// next is tried. An empty array means the system's.
    public init(_ roots: [Roots]) {
        self.roots = roots.isEmpty ? [.system] : roots
    }

    /// What a connection is opened with, and the number of the list it trusts.
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
                        throw HTTPConnectionError(.tls, "cannot load the root certificates (\(error))")
                    }
                    state.index += 1
                }
            }
        }
    }

    /// Notes that a certificate leads to no root of list `index`; whether there is another list to try.
    func advance(beyond index: Int) -> Bool {
        state.withLock { state in
            // Another connection may have gone on already.
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
