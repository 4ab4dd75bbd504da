import Glibc
public import NIOCore
import NIOPosix

/// What goes to the log about one function: its own output, Lambda's lines about its invocations, and its troubles.
/// Every line starts with the function's name.
final class FunctionLog {
    /// So many invocations are shown in a second; of the others only their number.
    private static let invocationsPerSecond = 50

    private let prefix: String
    private let showsAll: Bool
    private let sink: LogSink
    private let loop: any EventLoop
    private var shown = 0
    private var hidden = 0
    private var refused = 0
    private var second: Scheduled<Void>?

    init(function: String, showsAll: Bool, loop: any EventLoop, sink: @escaping LogSink) {
        prefix = "[\(function)] "
        self.showsAll = showsAll
        self.loop = loop
        self.sink = sink
    }

    /// An invocation starts. Returns whether it is shown; if not, only a failure of it should be.
    func start(_ requestID: String) -> Bool {
        guard showsAll || isShown() else { return false }
        write("START RequestId: \(requestID) Version: $LATEST")
        return true
    }

    func report(_ report: InvocationReport) {
        for line in report.lines() { write(line) }
    }

    func note(_ sentence: String) { write(sentence) }

    func initFailed(_ error: ByteBuffer, attempts: Int, nextAttemptIn delay: TimeAmount) {
        let seconds = (Double(delay.nanoseconds) / 1e9).formatted(decimals: 1)
        let times = attempts == 1 ? "" : " for the \(attempts). time"
        write("cannot start\(times): \(String(buffer: error)); not tried again for \(seconds) s")
    }

    private func write(_ text: String) {
        var line = ByteBuffer(string: prefix)
        line.writeEscaped(ByteBuffer(string: text))
        line.writeString("\n")
        sink(line)
    }

    /// An invocation was refused; how many were is written once a second.
    func countRefusal() {
        watchSecond()
        refused += 1
    }

    private func watchSecond() {
        guard second == nil else { return }
        second = loop.assumeIsolated().scheduleTask(in: .seconds(1)) { self.endSecond() }
    }

    private func isShown() -> Bool {
        watchSecond()
        guard shown < Self.invocationsPerSecond else {
            hidden += 1
            return false
        }
        shown += 1
        return true
    }

    private func endSecond() {
        if hidden > 0 { write("\(hidden) more invocations in this second (--log-level debug shows every one)") }
        if refused > 0 { write("\(refused) invocations refused in this second: all processes are busy, and enough wait") }
        shown = 0
        hidden = 0
        refused = 0
        second = nil
    }

    // MARK: The function's own output

    /// Makes a pipe whose end the function's process writes to, and returns that end, which the caller must close.
    /// `onEnd` is called when nobody holds it any more.
    func outputPipe(onEnd: @escaping @Sendable () -> Void) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw IOError(errnoCode: errno, reason: "pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (prefix, sink) = (self.prefix, self.sink)
        let opened = NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LogLineForwarder(prefix: prefix, sink: sink, onEnd: onEnd))
                }
            }
            .takingOwnershipOfDescriptor(input: ends[0])
        opened.whenFailure { _ in onEnd() }
        return ends[1]
    }
}

/// Receives whole lines of UTF-8, each ended by a newline. It must not block.
public typealias LogSink = @Sendable (ByteBuffer) -> Void
