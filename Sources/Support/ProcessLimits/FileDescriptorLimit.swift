#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The process's limit on open file descriptors, and so on its connections (`RLIMIT_NOFILE`).
package enum FileDescriptorLimit {
    /// Raises the soft limit to `target`, or to the hard limit if that is lower. It is never lowered.
    ///
    /// - Returns: The soft limit now in effect; 1,024, the usual one, if it cannot be read.
    @discardableResult
    package static func raise(to target: Int = 65_536) -> Int {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 1_024 }
        var raised = limit
        raised.rlim_cur = max(limit.rlim_cur, min(rlim_t(target), limit.rlim_max))
        let isRaised = setrlimit(resource, &raised) == 0
        return Int(clamping: (isRaised ? raised : limit).rlim_cur)
    }
}
