import LocalLambda
import Logging
import NIOCore

/// Sends the messages of swift-log to an ``AsyncLogWriter``.
struct AsyncLogHandler: LogHandler {
    let label: String
    let writer: AsyncLogWriter
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(label: String, writer: AsyncLogWriter) {
        self.label = label
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let extras = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let severity = event.level >= .warning ? "\(event.level): " : ""
        var line = ByteBuffer()
        line.writeEscaped(ByteBuffer(string: "\(label): \(severity)\(event.message)\(extras)"))
        line.writeString("\n")
        writer.write(line)
    }
}
