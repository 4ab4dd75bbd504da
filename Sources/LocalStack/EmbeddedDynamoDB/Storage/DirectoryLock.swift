#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Keeps two processes from serving one data directory. The kernel releases it when the process ends, however it ends.
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
