/// Why a host name could not be resolved.
package struct NameResolutionError: Error, Equatable, Sendable {
    /// The C library's description, such as "Temporary failure in name resolution".
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}

extension NameResolutionError: CustomStringConvertible {
    package var description: String { "the name could not be resolved (\(message))" }
}
