import Synchronization

/// A port that is assigned when its server starts, for code that is set up before.
final class ResolvedPort: Sendable {
    private let value = Atomic(0)

    var port: Int {
        get { value.load(ordering: .acquiring) }
        set { value.store(newValue, ordering: .releasing) }
    }
}
