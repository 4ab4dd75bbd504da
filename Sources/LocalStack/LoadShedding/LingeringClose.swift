package import NIOCore

extension ChannelHandlerContext {
    /// How long a client may continue to send what the server does not read.
    private static let patience = TimeAmount.seconds(1)

    /// Closes the connection in stages: the server's side after what has been written, the client's within a second.
    ///
    /// If a connection is closed in both directions while the client is sending, the client may lose the response
    /// (RFC 9112, section 9.6). The caller must ignore whatever it still reads.
    package func closeLingering() {
        close(mode: .output, promise: nil)
        let channel = channel
        eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }
}
