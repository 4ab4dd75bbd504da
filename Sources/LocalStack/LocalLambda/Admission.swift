package import NIOCore

/// Whether Lambda admits a request, decided before any work is done for it.
///
/// The decision depends on the number of requests in progress when the request begins, so the limit is not exact:
/// requests that begin together may exceed it, and pipelined requests on one connection count as one. They are still
/// bounded by the number of connections, and by ``LambdaLimits/waitingInvocations`` when they reach the function.
package enum Admission {
    /// The request is admitted. It takes the place when it has been read, and proceeds even if none is available by
    /// then. The place is nil if the request does not count towards the limit.
    case admitted(Place?)
    /// The request is rejected and has been counted as such. Its response is due at this time.
    case refused(NIODeadline)
}
