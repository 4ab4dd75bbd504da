import Synchronization

/// A port that becomes known after those who will name it have been made.
final class ResolvedPort: Sendable {
    private let value = Atomic(0)

    var port: Int {
        get { value.load(ordering: .acquiring) }
        set { value.store(newValue, ordering: .releasing) }
    }
}
