import JSON

/// A failure as Lambda reports it: of an invocation, or of the function's start.
public struct FunctionError: Error, Equatable, Sendable {
    /// What kind of failure, for programs: `PoemError`.
    public let type: String
    /// What went wrong, for people.
    public let message: String

    /// A failure of the given kind.
    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    init(_ error: any Error) {
        self = error as? FunctionError ?? FunctionError(type: "\(Swift.type(of: error))", message: "\(error)")
    }

    /// `{"errorType", "errorMessage", "stackTrace"}`. Swift has no stack trace of an error that was thrown.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("errorType", type)
            $0.member("errorMessage", message)
            $0.key("stackTrace")
            $0.array { _ in }
        }
        return writer.bytes
    }
}
