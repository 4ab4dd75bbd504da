import Foundation
package import HTTPServer
import LocalLambda
package import NIOCore

/// The access log: a line for each request, or under load a few lines and a summary for each second.
package struct AccessLog {
    package enum Detail: Sendable {
        /// A line for each request, however many there are.
        case all
        /// At most ten lines per second, and a summary of each second with more requests.
        case summarized
    }

    private static let maximumLines = 10

    private let detail: Detail
    private let usesColors: Bool
    private let sink: (ByteBuffer) -> Void
    private var durations: [TimeAmount] = []
    private var errors = 0

    /// - Parameters:
    ///   - usesColors: Whether statuses have colors, by ANSI escape sequences.
    ///   - sink: Receives lines, each with its newline.
    package init(_ detail: Detail, usesColors: Bool, sink: @escaping (ByteBuffer) -> Void) {
        self.detail = detail
        self.usesColors = usesColors
        self.sink = sink
    }

    /// - Parameter duration: The time from the arrival of the request to its response.
    package mutating func log(_ request: Request, status: Int, duration: TimeAmount) {
        durations.append(duration)
        let isError = status == 429 || status >= 500
        if isError { errors += 1 }
        guard detail == .all || durations.count <= Self.maximumLines else { return }
        let query = request.query.map { "?\($0)" } ?? ""
        let color = isError ? "\u{1B}[31m" : status >= 400 ? "\u{1B}[33m" : "\u{1B}[32m"
        var line = ByteBuffer()
        line.writeEscaped(ByteBuffer(string: "\(request.method) \(request.path)\(query) "))
        line.writeString(usesColors ? "\(color)\(status)\u{1B}[0m" : "\(status)")
        line.writeString(" in \(Self.milliseconds(duration)) ms\n")
        sink(line)
    }

    /// Logs a summary if requests of the last second have no line of their own. Returns the number of requests.
    package mutating func endSecond() -> Int {
        defer { (durations, errors) = ([], 0) }
        let count = durations.count
        if detail == .summarized, count > Self.maximumLines {
            let p99 = durations.sorted()[(count * 99 + 99) / 100 - 1]
            sink(
                ByteBuffer(
                    string: "\(Self.grouped(count)) requests, \(Self.grouped(errors)) errors, p99 "
                        + "\(Self.milliseconds(p99)) ms\n"))
        }
        return count
    }

    private static func milliseconds(_ duration: TimeAmount) -> String {
        Duration.nanoseconds(duration.nanoseconds).milliseconds(decimals: 1)
    }

    /// With thousands separators, such as `1,204`.
    private static func grouped(_ number: Int) -> String {
        number.formatted(.number.locale(Locale(identifier: "en_US")))
    }
}
