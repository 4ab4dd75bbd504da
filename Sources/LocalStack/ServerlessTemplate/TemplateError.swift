/// An error in a template.
package struct TemplateError: Error, Equatable, Sendable {
    /// The path of the template, as the user specified it.
    package let file: String
    /// Starts at 1; nil if the error does not belong to a line.
    package let line: Int?
    package let message: String

    package init(file: String, line: Int?, _ message: String) {
        self.file = file
        self.line = line
        self.message = message
    }
}

extension TemplateError: CustomStringConvertible {
    /// `file:line: message`, which editors and terminals turn into a link.
    package var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}
