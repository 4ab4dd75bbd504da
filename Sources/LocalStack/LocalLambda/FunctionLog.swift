import Glibc
package import NIOCore
import NIOPosix

/// The log of one function: its own output, Lambda's lines about its invocations, and failures. Each line starts with the
/// function's name.
final class FunctionLog {
    private let prefix: String
    /// Whether Lambda's lines about invocations that succeed are logged.
    private let logsInvocations: Bool
    private let sink: LogSink
    private let loop: any EventLoop
    private var rejected = 0
    private var summaryTimer: Scheduled<Void>?

    init(function: String, logsInvocations: Bool, loop: any EventLoop, sink: @escaping LogSink) {
        prefix = "[\(function)] "
        self.logsInvocations = logsInvocations
        self.loop = loop
        self.sink = sink
    }

    func invocationDidStart(_ requestID: String) {
        if logsInvocations { log("START RequestId: \(requestID) Version: $LATEST") }
    }

    func report(_ report: InvocationReport) {
        guard logsInvocations || report.isFailure else { return }
        for line in report.lines() { log(line) }
    }

    func initDidFail(_ error: ByteBuffer, attempt: Int, retryAfter delay: Duration) {
        log(
            "failed to start (attempt \(attempt)): \(String(buffer: error)); retrying in \(delay.seconds(decimals: 1)) s"
        )
    }

    func log(_ text: String) {
        var line = ByteBuffer(string: prefix)
        line.writeEscaped(ByteBuffer(string: text))
        line.writeString("\n")
        sink(line)
    }

    /// Counts a rejected invocation. The number is logged once a second.
    func countRejection() {
        rejected += 1
        guard summaryTimer == nil else { return }
        summaryTimer = loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [self] in
            log(
                "rejected \(rejected) invocations in the last second: all processes busy; "
                    + "allow more with --concurrency")
            rejected = 0
            summaryTimer = nil
        }
    }

    // MARK: The function's output

    /// Makes a pipe whose output is logged, and returns the end for writing, which the caller must close. `onEnd` runs on
    /// the event loop when no process holds that end any more.
    func makeOutputPipe(onEnd: @escaping @Sendable () -> Void) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw IOError(errnoCode: errno, reason: "pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (prefix, sink) = (self.prefix, self.sink)
        let opened = NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        LogLineForwarder(prefix: prefix, sink: sink, onEnd: onEnd)
                    )
                }
            }
            .takingOwnershipOfDescriptor(input: ends[0])
        opened.whenFailure { _ in onEnd() }
        return ends[1]
    }
}

/// Receives whole lines of UTF-8, each with its newline. It must not block.
package typealias LogSink = @Sendable (ByteBuffer) -> Void
