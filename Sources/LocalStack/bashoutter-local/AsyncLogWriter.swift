import Dispatch
import Glibc
import Logging
import NIOCore
import Synchronization

/// Writes log lines to standard error from a thread of its own, so that neither a slow terminal nor very many lines hold
/// up requests. If the reader cannot keep up at all, lines are dropped, and their number is written.
final class AsyncLogWriter: Sendable {
    private struct State {
        var pending = ByteBuffer()
        var isScheduled = false
        var droppedWrites = 0
    }

    /// Bytes that may wait to be written.
    private static let capacity = 4 << 20

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "console")

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

    /// Appends a line.
    func write(line: String) { write(ByteBuffer(string: "\(line)\n")) }

    /// Returns when everything that has been appended is written.
    func flush() { queue.sync { drain() } }

    private func drain() {
        let (lines, dropped) = state.withLock { state in
            defer { state = State() }
            return (state.pending, state.droppedWrites)
        }
        Self.write(lines, to: STDERR_FILENO)
        if dropped > 0 {
            Self.write(ByteBuffer(string: "(\(dropped) writes to the log were dropped)\n"), to: STDERR_FILENO)
        }
    }

    /// Writes lines that other programs wait for.
    static func announce(_ lines: [String]) {
        write(ByteBuffer(string: lines.map { "\($0)\n" }.joined()), to: STDOUT_FILENO)
    }

    private static func write(_ bytes: ByteBuffer, to descriptor: Int32) {
        bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                // Nobody reads any more, which is no reason to end.
                guard count > 0 || (count < 0 && errno == EINTR) else { return }
                rest = rest.dropFirst(max(count, 0))
            }
        }
    }
}

/// Sends swift-log's messages to a ``Console``.
struct ConsoleLogHandler: LogHandler {
    let label: String
    let console: AsyncLogWriter
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(label: String, console: AsyncLogWriter) {
        self.label = label
        self.console = console
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let extras = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let severity = event.level >= .warning ? "\(event.level): " : ""
        console.write(line: Self.escaped("\(label): \(severity)\(event.message)\(extras)"))
    }

    /// Control characters could begin another line, or command the terminal.
    private static func escaped(_ line: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                escaped += "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars
            } else {
                escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
