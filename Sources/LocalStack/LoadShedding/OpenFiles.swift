import Glibc

/// How many files, and so connections, the process may have open.
public enum OpenFiles {
    /// More than this is of no use here.
    private static let useful: rlim_t = 65_536

    /// Raises the limit as far as it is useful and as the system lets it, and returns it.
    public static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        var raised = limit
        raised.rlim_cur = max(limit.rlim_cur, min(useful, limit.rlim_max))
        let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0
        return Int(clamping: (isRaised ? raised : limit).rlim_cur)
    }
}
