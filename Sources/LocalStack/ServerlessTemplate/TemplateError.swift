/// What is wrong with a template, and where.
public struct TemplateError: Error, Equatable, Sendable {
    /// The template's file, as it was named by the user.
    public let file: String
    /// The line, counted from 1, if the mistake is at one.
    public let line: Int?
    /// The mistake, in words.
    public let message: String

    /// Says that `message` is wrong at `line` of `file`.
    public init(file: String, line: Int?, _ message: String) {
        self.file = file
        self.line = line
        self.message = message
    }
}

extension TemplateError: CustomStringConvertible {
    /// `file:line: message`, the form that editors turn into a link.
    public var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}
