/// The limits of an HTTP API's throttle.
package struct ThrottleSettings: Sendable, Equatable {
    /// Requests per second.
    package let rate: Int
    /// Requests at once.
    package let burst: Int
}
