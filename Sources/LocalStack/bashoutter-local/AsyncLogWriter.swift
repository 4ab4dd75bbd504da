import Dispatch
import Glibc
import NIOCore
import Synchronization

/// Writes log lines to standard error on a thread of its own, so that neither a slow terminal nor a large number of lines
/// delays requests. If the reader cannot keep up, writes are dropped, and their number is logged.
final class AsyncLogWriter: Sendable {
    private struct State {
        var pending = ByteBuffer()
        var isScheduled = false
        var droppedWrites = 0
    }

    /// The limit on bytes that wait to be written.
    private static let capacity = 4 << 20

    /// Whether standard error is a terminal.
    static let isTerminal = isatty(STDERR_FILENO) == 1

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "log")

    /// Appends whole lines.
    func write(_ lines: ByteBuffer) {
        let mustSchedule = state.withLock { state in
            guard state.pending.readableBytes + lines.readableBytes <= Self.capacity else {
                state.droppedWrites += 1
                return false
            }
            state.pending.writeImmutableBuffer(lines)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { queue.async { self.drain() } }
    }

    func write(line: String) { write(ByteBuffer(string: "\(line)\n")) }

    /// Returns when all appended lines have been written.
    func flush() { queue.sync { drain() } }

    private func drain() {
        let (lines, dropped) = state.withLock { state in
            defer { state = State() }
            return (state.pending, state.droppedWrites)
        }
        Self.write(lines, to: STDERR_FILENO)
        if dropped > 0 {
            Self.write(
                ByteBuffer(string: "bashoutter-local: warning: \(dropped) log writes were dropped\n"), to: STDERR_FILENO
            )
        }
    }

    /// Writes lines to standard output, for programs that wait for them.
    static func announce(_ lines: [String]) {
        write(ByteBuffer(string: lines.map { "\($0)\n" }.joined()), to: STDOUT_FILENO)
    }

    private static func write(_ bytes: ByteBuffer, to descriptor: Int32) {
        bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                // The reader has closed the descriptor. The stack continues without it.
                guard count > 0 || (count < 0 && errno == EINTR) else { return }
                rest = rest.dropFirst(max(count, 0))
            }
        }
    }
}
