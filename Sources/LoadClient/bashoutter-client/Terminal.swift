import Foundation
import Synchronization

/// Standard output and standard error, and whether a person is looking at them.
enum Terminal {
    static func print(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func printError(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Asks on the terminal; nil when there is nobody to answer.
    static func confirm(_ question: String) -> Bool? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        FileHandle.standardError.write(Data((question + " [y/N] ").utf8))
        return ["y", "yes"].contains(readLine()?.trimmingCharacters(in: .whitespaces).lowercased())
    }
}

/// A line on standard error that changes while work goes on, if that is a terminal.
struct ProgressLine {
    private let isShown = isatty(STDERR_FILENO) == 1
    private var shownAt: ContinuousClock.Instant?

    /// Shows `text`, but not so often that showing it is what takes the time.
    mutating func show(_ text: @autoclosure () -> String, isLast: Bool = false) {
        guard isShown else { return }
        let now = ContinuousClock.now
        if let shownAt, now - shownAt < .milliseconds(100), !isLast { return }
        shownAt = now
        write("\r\(text())\u{1B}[K")
    }

    /// Takes it away.
    mutating func remove() {
        if shownAt != nil { write("\r\u{1B}[K") }
        shownAt = nil
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// A bar that grows, on a line of its own.
struct ProgressBar {
    private let title: String
    private var line = ProgressLine()

    init(_ title: String) { self.title = title }

    mutating func show(_ done: Int, of total: Int) {
        let title = title
        line.show(Self.text(title, done, total), isLast: done >= total)
    }

    mutating func remove() { line.remove() }

    private static func text(_ title: String, _ done: Int, _ total: Int) -> String {
        let width = 40
        let filled = total == 0 ? width : min(width * done / total, width)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        return "\(title) \(bar) \(done)/\(total)"
    }
}

/// Ctrl-C and SIGTERM: the first asks to stop, the second ends at once.
enum Interruption {
    private static let flag = Atomic(false)

    /// Whether it is time to stop.
    static var hasCome: Bool { flag.load(ordering: .relaxed) }

    /// From now on a signal does not end the process. Each does so once.
    static func watch() {
        // Made here, since a signal's handler must not be the first to touch it.
        flag.store(false, ordering: .relaxed)
        for signalNumber in [SIGINT, SIGTERM] {
            signal(signalNumber) { number in
                Interruption.flag.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }

    /// Ends the process as a shell expects it after Ctrl-C.
    static let exitStatus: Int32 = 130
}
