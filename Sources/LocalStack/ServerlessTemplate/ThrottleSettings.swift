/// The limits of an HTTP API's throttle.
package struct ThrottleSettings: Sendable, Equatable {
    /// The sustained rate, in requests per second.
    package let rate: Int
    /// The number of requests that may exceed the rate at once.
    package let burst: Int
}
