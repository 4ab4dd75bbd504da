#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Prevents two processes from serving one data directory. The kernel releases the lock when the process ends, even
/// if it crashes.
final class DirectoryLock: Sendable {
    private let descriptor: CInt

    init(_ directory: String) throws(EmbeddedDynamoDB.StartError) {
        descriptor = open(directory + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .dataDirectoryUnusable(directory, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .dataDirectoryInUse(directory)
        }
    }

    deinit { close(descriptor) }
}
