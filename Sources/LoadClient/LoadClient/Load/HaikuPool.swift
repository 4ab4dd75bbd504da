import Synchronization

/// The haiku that likes and deletes may go to: those that the load test has posted or read, a few thousand at most.
///
/// A haiku is borrowed while a request to it is under way, so that none is liked while it is being deleted. All workers
/// of a run share one pool.
public final class HaikuPool: Sendable {
    private struct State {
        var available: [ItemID] = []
        var known: Set<ItemID> = []
        /// Those that are gone, the oldest first: a list that was read a moment ago may still hold them.
        var deleted: [ItemID] = []
        var oldestDeleted = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// An empty pool for `capacity` haiku, which remembers as many that were deleted.
    public init(capacity: Int = 10_000) {
        self.capacity = capacity
    }

    /// Whether more haiku would be of use.
    public var needsMore: Bool { state.withLock { $0.available.count < capacity / 2 } }

    /// Adds haiku that are there, unless they are known, or were deleted.
    public func add(_ ids: [ItemID]) {
        state.withLock { state in
            for id in ids where state.available.count < capacity && state.known.insert(id).inserted {
                state.available.append(id)
            }
        }
    }

    /// Takes a haiku at random; nil when there is none.
    public func borrow(using random: inout SplitMix64) -> ItemID? {
        let ticket = random.next()
        return state.withLock { state in
            guard !state.available.isEmpty else { return nil }
            state.available.swapAt(Int(ticket % UInt64(state.available.count)), state.available.count - 1)
            return state.available.removeLast()
        }
    }

    /// Gives back a haiku that is still there.
    public func giveBack(_ id: ItemID) {
        state.withLock { $0.available.append(id) }
    }

    /// Says that a borrowed haiku is gone.
    public func forget(_ id: ItemID) {
        state.withLock { state in
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
