/// The duration of each ``Phase`` of one request.
package struct PhaseTimes: Sendable, Equatable {
    /// nil if the connection was reused, or if the name was resolved before the run.
    var nameLookup: Nanoseconds?
    /// nil if the connection was reused.
    var connect: Nanoseconds?
    /// nil if the connection was reused or does not use TLS.
    var tls: Nanoseconds?
    /// nil if nothing was received.
    var firstByte: Nanoseconds?
    package var whole: Nanoseconds = 0
}
