/// The outcome of an invocation, as it is sent to the Runtime API.
package enum InvocationOutcome: Sendable {
    /// The handler's response: JSON for most services that invoke functions.
    case response([UInt8])
    case error(FunctionError)
}
