package import NIOCore

/// Whether a request for a function may be tried, decided before anything is done for it.
///
/// The decision depends on how many requests are under way when it begins. More can be under way if many begin together
/// and end together; and requests on a connection that always has several are not counted one by one. All of them are
/// bounded by the number of connections, and by ``LambdaLimits/waitingInvocations`` when they reach the function.
package enum Admission {
    /// The request may be tried, and takes the place when it has been read. Without a place it may be tried too.
    case admitted(Place?)
    /// The request has been counted as rejected; the rejection is due at that time.
    case refused(NIODeadline)
}
