import NIOCore

/// Passes a process's output on line by line, each with the function's name before it.
final class LogLineForwarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// A line that is longer is cut in pieces of this many bytes.
    private static let longestLine = 64 << 10

    private let prefix: String
    private let sink: LogSink
    private let onEnd: @Sendable () -> Void
    private var rest = ByteBuffer()

    init(prefix: String, sink: @escaping LogSink, onEnd: @escaping @Sendable () -> Void) {
        self.prefix = prefix
        self.sink = sink
        self.onEnd = onEnd
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        rest.writeBuffer(&part)
        var output = ByteBuffer()
        while let length = lengthOfLine(), let line = rest.readSlice(length: length) {
            write(line, to: &output)
            if rest.readableBytesView.first == UInt8(ascii: "\n") { rest.moveReaderIndex(forwardBy: 1) }
        }
        rest.discardReadBytes()
        if output.readableBytes > 0 { sink(output) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if rest.readableBytes > 0 {
            var output = ByteBuffer()
            write(rest, to: &output)
            sink(output)
        }
        onEnd()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func lengthOfLine() -> Int? {
        let view = rest.readableBytesView
        if let end = view.firstIndex(of: UInt8(ascii: "\n")) { return min(end - view.startIndex, Self.longestLine) }
        return view.count >= Self.longestLine ? Self.longestLine : nil
    }

    private func write(_ line: ByteBuffer, to output: inout ByteBuffer) {
        output.writeString(prefix)
        output.writeEscaped(line)
        output.writeInteger(UInt8(ascii: "\n"))
    }
}
