/// A number of places for which several functions compete.
///
/// The functions share most places, since they share the processors. A few are reserved for each function, so that a
/// flood of requests for one does not block the others.
package struct Places {
    /// Reserved for each function.
    let own: Int
    let shared: Int
    private var sharedTaken = 0

    package init(own: Int, shared: Int) {
        self.own = own
        self.shared = shared
    }

    /// Whether a function that has taken `count` places may take one more.
    func hasPlace(besides count: Int) -> Bool { count < own || sharedTaken < shared }

    /// Takes a place for a function that has taken `count` already. Returns whether one was available.
    package mutating func enter(besides count: Int) -> Bool {
        guard hasPlace(besides: count) else { return false }
        if count >= own { sharedTaken += 1 }
        return true
    }

    /// Releases a place of a function that has `count` left.
    package mutating func leave(_ count: Int) {
        if count >= own { sharedTaken -= 1 }
    }
}
