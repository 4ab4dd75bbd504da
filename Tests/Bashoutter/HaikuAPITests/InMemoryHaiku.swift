import Haiku
import HaikuRepository
import JSON
import Synchronization

/// A repository in memory. A page without a limit has three haiku, and its cursor is the position of the last one.
final class InMemoryHaiku: HaikuLister, HaikuFinder, HaikuAdder, HaikuLiker, HaikuRemover {
    private struct State {
        var haiku: [Haiku] = []
        var marks: Set<LikeMark> = []
        var failure: HaikuRepositoryError?
        var deadlines: [ContinuousClock.Instant] = []
    }

    private let state = Mutex(State())

    var all: [Haiku] { state.withLock { $0.haiku } }
    /// The deadlines of all operations, in order.
    var deadlines: [ContinuousClock.Instant] { state.withLock { $0.deadlines } }

    /// Makes every later operation throw `failure`.
    func fail(with failure: HaikuRepositoryError) {
        state.withLock { $0.failure = failure }
    }

    private func access<Result>(
        _ deadline: ContinuousClock.Instant, _ body: (inout [Haiku]) -> Result
    ) throws(HaikuRepositoryError) -> Result {
        let result: Swift.Result<Result, HaikuRepositoryError> = state.withLock {
            $0.deadlines.append(deadline)
            if let failure = $0.failure { return .failure(failure) }
            return .success(body(&$0.haiku))
        }
        return try result.get()
    }

    func page(limit: Int?, from cursor: Cursor?, deadline: ContinuousClock.Instant) async throws -> HaikuPage {
        try access(deadline) { haiku in
            var newest = haiku.sorted { $0.postedAt > $1.postedAt }
            if case .feed(let position)? = cursor { newest.removeAll { FeedTime($0.postedAt) >= position.postedAt } }
            let shown = newest.prefix(limit ?? 3)
            let next = shown.count < newest.count ? shown.last : nil
            return HaikuPage(
                json: JSONValue.array(shown.map(Self.json)).bytes,
                nextCursor: next.map { .feed(FeedPosition(postedAt: FeedTime($0.postedAt), shard: 0, id: nil)) }
            )
        }
    }

    func json(of id: HaikuID, deadline: ContinuousClock.Instant) async throws -> [UInt8]? {
        try access(deadline) { haiku in haiku.first { $0.id == id }.map { Self.json($0).bytes } }
    }

    func add(_ new: Haiku, deadline: ContinuousClock.Instant) async throws -> HaikuAddition {
        try access(deadline) { haiku in
            guard !haiku.contains(where: { $0.id == new.id }) else { return .alreadyExists }
            haiku.append(new)
            return .added
        }
    }

    func like(_ id: HaikuID, mark: LikeMark, deadline: ContinuousClock.Instant) async throws -> JSONNumber? {
        let isNew = state.withLock { $0.marks.insert(mark).inserted }
        return try access(deadline) { haiku in
            guard let index = haiku.firstIndex(where: { $0.id == id }) else { return nil }
            let old = haiku[index]
            let likes = old.likes + (isNew ? 1 : 0)
            haiku[index] = Haiku(id: old.id, poem: old.poem, likes: likes, postedAt: old.postedAt)
            return JSONNumber(likes)
        }
    }

    func remove(_ id: HaikuID, deadline: ContinuousClock.Instant) async throws {
        try access(deadline) { haiku in haiku.removeAll { $0.id == id } }
    }

    private static func json(_ haiku: Haiku) -> JSONValue {
        [
            "item_id": .string("\(haiku.id)"), "username": .string(haiku.poem.username),
            "first": .string(haiku.poem.first), "second": .string(haiku.poem.second),
            "third": .string(haiku.poem.third), "likes": .number(JSONNumber(haiku.likes)),
            "created_at": .string("\(haiku.postedAt)"),
        ]
    }
}
