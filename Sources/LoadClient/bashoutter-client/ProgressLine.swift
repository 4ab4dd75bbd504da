import Foundation

/// A status line on standard error, shown only if that is a terminal.
struct ProgressLine {
    private let isShown = isatty(STDERR_FILENO) == 1
    private var shownAt: ContinuousClock.Instant?

    /// Shows `text`, unless the line was updated less than 100 ms ago and `isLast` is false.
    mutating func show(_ text: @autoclosure () -> String, isLast: Bool = false) {
        guard isShown else { return }
        let now = ContinuousClock.now
        if let shownAt, now - shownAt < .milliseconds(100), !isLast { return }
        shownAt = now
        write("\r\(text())\u{1B}[K")
    }

    mutating func clear() {
        if shownAt != nil { write("\r\u{1B}[K") }
        shownAt = nil
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
