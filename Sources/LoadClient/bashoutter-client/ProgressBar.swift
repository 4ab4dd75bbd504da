struct ProgressBar {
    private let title: String
    private var line = ProgressLine()

    init(_ title: String) { self.title = title }

    mutating func show(_ done: Int, of total: Int) {
        let title = title
        line.show(Self.text(title, done, total), isLast: done >= total)
    }

    mutating func clear() { line.clear() }

    private static func text(_ title: String, _ done: Int, _ total: Int) -> String {
        let counts = "\(done)/\(total)"
        let width = max(min(40, Terminal.width - title.count - counts.count - 3), 0)
        let filled = total == 0 ? width : min(width * done / total, width)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        return "\(title) \(bar) \(counts)"
    }
}
