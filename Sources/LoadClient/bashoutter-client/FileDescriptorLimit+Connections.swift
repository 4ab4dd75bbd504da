import ProcessLimits

extension FileDescriptorLimit {
    /// Reserves 64 descriptors for everything that is not a connection, such as the standard streams and report files.
    static func raise(forConnections count: Int) { raise(to: count + 64) }
}
