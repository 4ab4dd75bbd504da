internal import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// SIGTERM, by which Lambda and bashoutter-local end a function: at once when it waits for an invocation, else when it
/// has answered the one at hand.
///
/// The state is global because a signal handler can reach nothing else; atomics are what it may touch.
enum GracefulShutdown {
    private static let isBusy = Atomic(false)
    private static let isRequested = Atomic(false)

    static func handleSignal() {
        // Made before the handler can run: the first use of a static is not async-signal-safe.
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
