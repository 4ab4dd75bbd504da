import NIOCore

/// Forwards a process's output to the log, line by line, each with the function's name before it.
final class LogLineForwarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The length in bytes beyond which lines are split.
    private static let maximumLineLength = 64 << 10

    private let prefix: String
    private let sink: LogSink
    private let onEnd: @Sendable () -> Void
    private var buffer = ByteBuffer()

    init(prefix: String, sink: @escaping LogSink, onEnd: @escaping @Sendable () -> Void) {
        self.prefix = prefix
        self.sink = sink
        self.onEnd = onEnd
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        buffer.writeBuffer(&part)
        var output = ByteBuffer()
        while let length = nextLineLength(), let line = buffer.readSlice(length: length) {
            write(line, to: &output)
            if buffer.readableBytesView.first == UInt8(ascii: "\n") { buffer.moveReaderIndex(forwardBy: 1) }
        }
        buffer.discardReadBytes()
        if output.readableBytes > 0 { sink(output) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if buffer.readableBytes > 0 {
            var output = ByteBuffer()
            write(buffer, to: &output)
            sink(output)
        }
        onEnd()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func nextLineLength() -> Int? {
        let view = buffer.readableBytesView
        if let end = view.firstIndex(of: UInt8(ascii: "\n")) {
            return min(end - view.startIndex, Self.maximumLineLength)
        }
        return view.count >= Self.maximumLineLength ? Self.maximumLineLength : nil
    }

    private func write(_ line: ByteBuffer, to output: inout ByteBuffer) {
        output.writeString(prefix)
        output.writeEscaped(line)
        output.writeInteger(UInt8(ascii: "\n"))
    }
}
