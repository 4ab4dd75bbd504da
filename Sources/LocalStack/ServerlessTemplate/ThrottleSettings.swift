/// The limits of an HTTP API's throttle.
package struct ThrottleSettings: Sendable, Equatable {
    /// The sustained rate, in requests per second.
    package let rate: Int
    /// The capacity of the token bucket, in requests.
    package let burst: Int
}
