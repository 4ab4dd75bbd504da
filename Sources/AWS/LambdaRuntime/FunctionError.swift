import JSON

/// An error of an invocation or of the init phase, in the form in which Lambda reports it to the caller.
package struct FunctionError: Error, Equatable, Sendable {
    /// The kind of error, for programs, such as `ProxyEventError`.
    package let type: String
    /// The cause, for people.
    package let message: String

    package init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    init(_ error: any Error) {
        self = error as? FunctionError ?? FunctionError(type: "\(Swift.type(of: error))", message: "\(error)")
    }

    /// `{"errorType", "errorMessage", "stackTrace"}`. The trace is empty, because thrown Swift errors have none.
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
