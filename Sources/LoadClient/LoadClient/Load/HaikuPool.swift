import Synchronization

/// The haiku that a load test has posted, and those that its likes and deletes may target, up to a capacity.
///
/// A haiku is checked out while a request for it is in flight, so that none is liked while it is being deleted. All
/// workers of a run share one pool.
package final class HaikuPool: Sendable {
    private struct State {
        var available: [ItemID] = []
        var known: Set<ItemID> = []
        /// A ring buffer of the latest deleted haiku, which an older response to a list request may still contain.
        var deleted: [ItemID] = []
        var oldestDeleted = 0
        /// The posted haiku that have not been deleted, without a limit.
        var own: Set<ItemID> = []
        var unknownPosts = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// - Parameter capacity: The maximum number of available haiku, and of deleted ones that are remembered.
    package init(capacity: Int = 10_000) {
        self.capacity = capacity
    }

    var needsMore: Bool { state.withLock { $0.available.count < capacity / 2 } }

    /// The haiku that the run has posted and not deleted.
    package var own: [ItemID] { state.withLock { Array($0.own) } }

    /// The number of posts without a response, or with a gateway's 504, whose haiku may exist.
    package var unknownPosts: Int { state.withLock { $0.unknownPosts } }

    func countUnknownPost() { state.withLock { $0.unknownPosts += 1 } }

    /// Adds a haiku that the run has posted.
    ///
    /// - Parameter isTarget: Whether likes and deletes may target it.
    func addPosted(_ id: ItemID, isTarget: Bool) {
        state.withLock { _ = $0.own.insert(id) }
        if isTarget { add([id]) }
    }

    /// Adds existing haiku up to the capacity, except known and deleted ones.
    package func add(_ ids: [ItemID]) {
        state.withLock { state in
            for id in ids where state.available.count < capacity && state.known.insert(id).inserted {
                state.available.append(id)
            }
        }
    }

    /// Removes a random haiku; nil if none is available.
    package func checkOut(using random: inout SplitMix64) -> ItemID? {
        let number = random.next()
        return state.withLock { state in
            guard !state.available.isEmpty else { return nil }
            state.available.swapAt(Int(number % UInt64(state.available.count)), state.available.count - 1)
            return state.available.removeLast()
        }
    }

    /// Returns a checked-out haiku that still exists.
    package func checkIn(_ id: ItemID) {
        state.withLock { $0.available.append(id) }
    }

    /// Discards a checked-out haiku that was deleted.
    package func discard(_ id: ItemID) {
        state.withLock { state in
            state.own.remove(id)
            if state.deleted.count < capacity {
                state.deleted.append(id)
            } else {
                state.known.remove(state.deleted[state.oldestDeleted])
                state.deleted[state.oldestDeleted] = id
                state.oldestDeleted = (state.oldestDeleted + 1) % capacity
            }
        }
    }
}
