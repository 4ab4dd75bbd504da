public import NIOCore

/// Whether a request for a function may come in, which is decided before anything is done for it.
///
/// It is decided by how many are under way when a request begins. Such as begin together and end together can be more;
/// and requests on a connection that always has several are not counted one by one. What comes in so is bounded by the
/// connections, and by ``LambdaLimits/waitingInvocations`` when it arrives.
public enum Admission {
    /// It may be tried, and is to take the place as soon as it has been read. Without one it may be tried anyway.
    case admitted(Place?)
    /// It has been counted as refused, which is to be said then.
    case refused(NIODeadline)
}

/// A request's place among those of its function that are under way.
///
/// Requests come in faster than they reach their function. If only those counted that wait there already, all that come
/// at once would be let in, to be refused after most of the work that a request costs.
public final class Place {
    private let enter: () -> Bool
    private let exit: () -> Void
    private var isTaken = false

    /// - Parameters:
    ///   - enter: Takes the place; returns whether there was still one.
    ///   - exit: Gives it back.
    package init(enter: @escaping () -> Bool, exit: @escaping () -> Void) {
        self.enter = enter
        self.exit = exit
    }

    /// Takes the place, when the request has been read: who sends slowly must not keep others out. It must be sure then
    /// that ``leave()`` follows soon.
    public func take() {
        if !isTaken { isTaken = enter() }
    }

    /// Gives it back, if it was taken, when the answer begins.
    public func leave() {
        if isTaken { exit() }
        isTaken = false
    }
}
