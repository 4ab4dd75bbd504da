import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Handles SIGTERM, which bashoutter-local sends to terminate a function, and Lambda if the function has extensions: the
/// process exits after it has sent the response of the current invocation, or at once if there is none.
///
/// The state is global because a signal handler has access to nothing else, and atomic because atomics are
/// async-signal-safe.
enum GracefulShutdown {
    private static let isBusy = Atomic(false)
    private static let isRequested = Atomic(false)

    static func installSignalHandler() {
        // Initializes the statics: their first use is not async-signal-safe.
        _ = isBusy.load(ordering: .relaxed)
        _ = isRequested.load(ordering: .relaxed)
        signal(SIGTERM) { _ in
            guard GracefulShutdown.isBusy.load(ordering: .sequentiallyConsistent) else { _exit(0) }
            GracefulShutdown.isRequested.store(true, ordering: .sequentiallyConsistent)
        }
    }

    static func beginInvocation() {
        isBusy.store(true, ordering: .sequentiallyConsistent)
    }

    static func endInvocation() {
        isBusy.store(false, ordering: .sequentiallyConsistent)
        if isRequested.load(ordering: .sequentiallyConsistent) { exit(0) }
    }
}
