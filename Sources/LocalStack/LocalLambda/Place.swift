/// A request's place among those of its function that are under way.
///
/// Requests arrive faster than they reach their function. If only queued invocations counted, all requests that arrive
/// together would be admitted, and rejected after most of the work that a request costs.
package final class Place {
    private let enter: () -> Bool
    private let exit: () -> Void
    private var isTaken = false

    /// - Parameters:
    ///   - enter: Takes the place; returns whether one was available.
    ///   - exit: Releases it.
    package init(enter: @escaping () -> Bool, exit: @escaping () -> Void) {
        self.enter = enter
        self.exit = exit
    }

    /// Takes the place when the request has been read, so that a slow client does not block others. ``leave()`` must be
    /// certain to follow soon.
    package func take() {
        if !isTaken { isTaken = enter() }
    }

    /// Releases the place, if it was taken, when the response begins.
    package func leave() {
        if isTaken { exit() }
        isTaken = false
    }
}
