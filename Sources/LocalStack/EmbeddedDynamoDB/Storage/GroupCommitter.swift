import GRDB
import Synchronization

/// Commits writes in groups: those that arrive while a commit is under way share the next one.
///
/// A commit costs a wait for the disk, however much it holds. So each write waits for at most two of them, and as
/// many writes are done between two waits as there are clients. A write is answered after the commit that holds it.
final class GroupCommitter: Sendable {
    private struct Write: Sendable {
        /// Does the work in the open transaction and returns what is to be done once that has ended: with nil when it
        /// was committed.
        let perform: @Sendable (inout Transaction) throws -> @Sendable ((any Error)?) -> Void
        let abandon: @Sendable (any Error) -> Void
        let isAlone: Bool
    }

    private struct State {
        var waiting: [Write] = []
        var isDraining = false
    }

    private static let maximumGroup = 256
    private let writer: DatabaseQueue
    private let state = Mutex(State())

    init(_ writer: DatabaseQueue) { self.writer = writer }

    /// Does `work` in a transaction and returns its result when that has been committed.
    ///
    /// `work` must throw a ``ServiceError`` only before it has changed anything: such an error is answered, and the
    /// others of the group go on. Any other error undoes the whole group.
    ///
    /// - Parameter isAlone: Whether the write shares its transaction with no other; for changes of the schema.
    func write<Result: Sendable>(
        isAlone: Bool = false,
        _ work: @escaping @Sendable (inout Transaction) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
            let write = Write(
                perform: { transaction in
                    let outcome: Swift.Result<Result, any Error>
                    do { outcome = .success(try work(&transaction)) } catch let error as ServiceError {
                        outcome = .failure(error)
                    }
                    return { failure in continuation.resume(with: failure.map { .failure($0) } ?? outcome) }
                },
                abandon: { continuation.resume(throwing: $0) },
                isAlone: isAlone
            )
            let mustDrain = state.withLock { state in
                state.waiting.append(write)
                defer { state.isDraining = true }
                return !state.isDraining
            }
            if mustDrain { writer.asyncWriteWithoutTransaction { db in self.drain(db) } }
        }
    }

    private func drain(_ db: Database) {
        while let group = nextGroup() { commit(group, in: db) }
    }

    private func nextGroup() -> [Write]? {
        state.withLock { state in
            guard let first = state.waiting.first else {
                state.isDraining = false
                return nil
            }
            let others =
                first.isAlone ? [] : state.waiting.dropFirst().prefix { !$0.isAlone }.prefix(Self.maximumGroup - 1)
            let group = [first] + others
            state.waiting.removeFirst(group.count)
            return group
        }
    }

    private func commit(_ group: [Write], in db: Database) {
        var finish: [@Sendable ((any Error)?) -> Void] = []
        do {
            try db.inTransaction(.immediate) {
                var transaction = Transaction(db)
                for write in group { finish.append(try write.perform(&transaction)) }
                try transaction.writeStatistics()
                return .commit
            }
            for finish in finish { finish(nil) }
        } catch {
            let isFull = (error as? DatabaseError)?.resultCode == .SQLITE_FULL
            let error: any Error = isFull ? ServiceError.diskFull : error
            for finish in finish { finish(error) }
            for write in group.dropFirst(finish.count) { write.abandon(error) }
        }
    }
}

/// An open write transaction, which keeps count of what it adds to and takes from each table and index.
struct Transaction {
    let db: Database
    private var changes: [String: (count: Int, bytes: Int)] = [:]

    init(_ db: Database) { self.db = db }

    /// Replaces `old`, the entry at `key`, by `new`; either may be nil.
    mutating func replace(
        _ old: ItemTable.Entry?,
        by new: ItemTable.Entry?,
        at key: StorageKey,
        in entries: ItemTable
    ) throws {
        if let new {
            try entries.put(new, at: key, in: db)
        } else if old != nil {
            try entries.remove(at: key, in: db)
        }
        changes[entries.name, default: (0, 0)].count += (new == nil ? 0 : 1) - (old == nil ? 0 : 1)
        changes[entries.name, default: (0, 0)].bytes += (new?.size ?? 0) - (old?.size ?? 0)
    }

    func writeStatistics() throws {
        for (entries, change) in changes where change != (0, 0) {
            let statement = try db.cachedStatement(
                sql: "UPDATE statistics SET count = count + ?, bytes = bytes + ? WHERE entries = ?"
            )
            statement.setUncheckedArguments([change.count, change.bytes, entries])
            try statement.execute()
        }
    }
}
