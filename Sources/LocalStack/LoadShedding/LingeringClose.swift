public import NIOCore

extension ChannelHandlerContext {
    /// How long a client may go on sending what nobody reads.
    private static let patience = TimeAmount.seconds(1)

    /// Ends the connection behind what has been written: this side at once, the other a second later at the latest.
    ///
    /// A connection that is closed as a whole while the client is sending takes the answer along with it (RFC 9112,
    /// section 9.6). The caller must not expect to read anything sensible any more.
    public func closeLingering() {
        close(mode: .output, promise: nil)
        let channel = channel
        eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }
}
