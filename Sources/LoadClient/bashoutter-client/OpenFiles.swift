import Foundation

/// How many files, and so connections, the process may have open.
enum OpenFiles {
    /// Raises the limit as far as `connections` need it, and as far as the system lets it.
    static func allow(_ connections: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return }
        limit.rlim_cur = max(limit.rlim_cur, min(UInt(connections) + 64, limit.rlim_max))
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
    }
}
