import CSQLite
import Dispatch
import Synchronization

/// Group commit: writes that arrive during a commit share the next one.
///
/// A commit waits for the disk, however many writes it contains. With groups, a write usually waits for at most two
/// commits, and the throughput grows with the number of concurrent clients. A write completes only after the commit
/// that contains it.
final class GroupCommitter: Sendable {
    private struct Write: Sendable {
        /// Performs the write in the open transaction. The closure that it returns completes the write when the
        /// transaction has ended; its argument is nil after a commit.
        let perform: @Sendable (inout Transaction) throws -> @Sendable ((any Error)?) -> Void
        let fail: @Sendable (any Error) -> Void
        let isExclusive: Bool
    }

    private struct State {
        var queue: [Write] = []
        var isDraining = false
    }

    private static let maximumGroupSize = 256
    private let db: SQLiteConnection
    private let queue = DispatchQueue(label: "EmbeddedDynamoDB.writer")
    private let state = Mutex(State())

    init(_ db: SQLiteConnection) { self.db = db }

    /// Performs `work` in a transaction and returns its result after the commit.
    ///
    /// `work` may throw a ``ServiceError`` only before it has changed anything: then only this write fails, and the
    /// rest of the group is committed. Any other error rolls back the whole group.
    ///
    /// - Parameter isExclusive: Whether the write has a transaction of its own, as a schema change needs.
    func write<Result: Sendable>(
        isExclusive: Bool = false,
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
                fail: { continuation.resume(throwing: $0) },
                isExclusive: isExclusive
            )
            let mustDrain = state.withLock { state in
                state.queue.append(write)
                defer { state.isDraining = true }
                return !state.isDraining
            }
            if mustDrain { queue.async { self.drain() } }
        }
    }

    /// Closes the connection after the pending writes.
    func close() { queue.sync { db.close() } }

    private func drain() { while let group = nextGroup() { commit(group) } }

    private func nextGroup() -> [Write]? {
        state.withLock { state in
            guard let first = state.queue.first else {
                state.isDraining = false
                return nil
            }
            let others =
                first.isExclusive
                ? [] : state.queue.dropFirst().prefix { !$0.isExclusive }.prefix(Self.maximumGroupSize - 1)
            let group = [first] + others
            state.queue.removeFirst(group.count)
            return group
        }
    }

    private func commit(_ group: [Write]) {
        var completions: [@Sendable ((any Error)?) -> Void] = []
        do {
            var transaction = Transaction(db)
            try db.execute("BEGIN IMMEDIATE")
            for write in group { completions.append(try write.perform(&transaction)) }
            try transaction.writeStatistics()
            try db.execute("COMMIT")
            transaction.onCommit()
            for complete in completions { complete(nil) }
        } catch {
            // Fails if SQLite has already rolled back, as it does when the disk is full.
            try? db.execute("ROLLBACK")
            let isFull = (error as? SQLiteError)?.code == SQLITE_FULL
            let error: any Error = isFull ? ServiceError.diskFull : error
            for complete in completions { complete(error) }
            for write in group.dropFirst(completions.count) { write.fail(error) }
        }
    }
}
