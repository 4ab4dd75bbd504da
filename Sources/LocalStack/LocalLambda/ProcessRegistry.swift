import Glibc
import Synchronization

/// All processes that have been started and not been reaped, so that they can be killed when the stack exits without
/// shutting down.
enum ProcessRegistry {
    private static let ids = Mutex<Set<pid_t>>([])

    static func insert(_ id: pid_t) { ids.withLock { _ = $0.insert(id) } }

    static func remove(_ id: pid_t) { ids.withLock { _ = $0.remove(id) } }

    /// Kills the processes and all that they have started.
    static func killAll() {
        ids.withLock { for id in $0 { kill(-id, SIGKILL) } }
    }
}
