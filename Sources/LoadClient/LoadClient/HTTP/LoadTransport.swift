/// Sends requests and returns their responses. Tests use a simulated server.
package protocol LoadTransport {
    /// The maximum number of concurrent requests. Each occupies a slot, numbered from 0 to `slots` - 1.
    var slots: Int { get }

    /// The time of the clock that ``APIResponse/finishedAt`` and the deadlines refer to.
    func now() -> Nanoseconds

    /// Starts `request` in a free slot. ``wait(until:into:)`` returns its response, even if it fails immediately.
    ///
    /// - Parameter parts: The parts of the response to keep.
    mutating func send(_ request: APIRequest, in slot: Int, keeping parts: ResponseParts)

    /// Waits for at least one response, at most until `deadline`, and appends all that have arrived.
    mutating func wait(until deadline: Nanoseconds, into responses: inout [APIResponse])
}
