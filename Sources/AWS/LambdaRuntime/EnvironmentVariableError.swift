/// An environment variable is missing or malformed. During the init phase, it becomes the function's init error.
package struct EnvironmentVariableError: Error, Equatable, Sendable, CustomStringConvertible {
    package let name: String
    private let problem: String

    /// - Parameter problem: Continues a sentence that begins with the name: `is not set`.
    package init(_ name: String, _ problem: String) {
        self.name = name
        self.problem = problem
    }

    package var description: String { "The environment variable \(name) \(problem)." }
}
