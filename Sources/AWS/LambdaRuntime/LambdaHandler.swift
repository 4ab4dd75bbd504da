/// Handles the invocations of a function.
package protocol LambdaHandler: Sendable {
    /// Handles one invocation and returns the response: JSON for most services that invoke functions.
    ///
    /// The task is cancelled at ``LambdaContext/handlerDeadline``. A thrown error becomes the error of the invocation;
    /// the function then continues with the next one.
    func handle(_ event: LambdaEvent, context: LambdaContext) async throws -> [UInt8]
}
