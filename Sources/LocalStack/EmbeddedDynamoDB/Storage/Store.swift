import Foundation
import JSON
import Synchronization

/// The tables on disk, in a SQLite database in WAL mode.
final class Store: Sendable {
    private static let fileName = "dynamodb.sqlite"

    private let readers: ReaderPool
    private let committer: GroupCommitter
    private let lock: DirectoryLock
    /// The tables by name. The dictionary changes only on the writer's queue, right after the commit of the change.
    private let catalog: Mutex<[String: Table]>
    /// The tables that are being created or deleted, as far as clients can tell.
    private let transitions = Mutex<[String: Transition]>([:])
    private let transitionTime: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    private struct Transition {
        /// A table that is being deleted, which is no longer in the catalog.
        let deleted: Table?
        let end: ContinuousClock.Instant
    }

    /// Opens the database in `directory`, creates both if they do not exist, and migrates an older schema.
    ///
    /// - Parameter transitionTime: How long a table is CREATING or DELETING.
    init(
        directory: String,
        transitionTime: Duration,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) throws(EmbeddedDynamoDB.StartError) {
        self.transitionTime = transitionTime
        self.now = now
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw .dataDirectoryUnusable(directory, reason: "\(error.localizedDescription)")
        }
        lock = try DirectoryLock(directory)
        let path = directory + "/" + Self.fileName
        do {
            let writer = try SQLiteConnection(path: path)
            try writer.execute("PRAGMA journal_mode = WAL")
            try SchemaVersion.migrate(writer)
            catalog = Mutex(try Self.loadTables(writer))
            committer = GroupCommitter(writer)
        } catch is SchemaVersion.TooNew {
            throw .dataDirectoryTooNew(directory)
        } catch {
            throw .dataDirectoryUnusable(directory, reason: "\(error)")
        }
        readers = ReaderPool(path: path)
    }

    private static func loadTables(_ db: SQLiteConnection) throws -> [String: Table] {
        var tables: [String: Table] = [:]
        let rows = try StatementCursor("SELECT id, definition FROM tables", in: db)
        while try rows.next() {
            let table = try Table(id: rows.int(at: 0), definition: JSONValue(parsing: Array(rows.bytes(at: 1))))
            tables[table.name] = table
        }
        return tables
    }

    // MARK: Tables

    /// - Throws: ``ServiceError/tableNotFound``, also for a table that is not active.
    func table(named name: String) throws(ServiceError) -> Table {
        guard let (table, status) = tableAndStatus(named: name), status == .active else { throw .tableNotFound }
        return table
    }

    func tableAndStatus(named name: String) -> (Table, TableStatus)? {
        let transition = transition(of: name)
        if let table = transition?.deleted { return (table, .deleting) }
        return catalog.withLock { $0[name] }.map { ($0, transition == nil ? .active : .creating) }
    }

    private func transition(of name: String) -> Transition? {
        let now = now()
        return transitions.withLock { transitions in
            if let transition = transitions[name], transition.end <= now { transitions[name] = nil }
            return transitions[name]
        }
    }

    private func beginTransition(of name: String, deleted: Table?) {
        guard transitionTime > .zero else { return }
        let end = now().advanced(by: transitionTime)
        transitions.withLock { $0[name] = Transition(deleted: deleted, end: end) }
    }

    /// The names of all tables, sorted.
    var tableNames: [String] {
        let deleting = transitions.withLock { Array($0.keys) }.filter { transition(of: $0) != nil }
        return Set(catalog.withLock { Array($0.keys) } + deleting).sorted { UTF8String($0) < UTF8String($1) }
    }

    func create(_ definition: JSONValue, named name: String) async throws -> Table {
        try await committer.write(isExclusive: true) { [self] transaction in
            guard tableAndStatus(named: name) == nil else {
                throw ServiceError(.resourceInUse, "Table already exists: \(name)")
            }
            let insert = try StatementCursor("INSERT INTO tables (name, definition) VALUES (?, ?)", in: transaction.db)
            insert.bind(name, at: 1)
            insert.bind(definition.bytes, from: 2)
            _ = try insert.next()
            let table = try Table(id: transaction.db.lastInsertedRowID, definition: definition)
            for items in [table.items] + table.indexes.map(\.items) { try items.create(in: transaction.db) }
            transaction.onCommit = {
                self.beginTransition(of: name, deleted: nil)
                self.catalog.withLock { $0[name] = table }
            }
            return table
        }
    }

    /// Replaces the definition of a table, creates and fills its new indexes, and drops those that it no longer has.
    func update(_ name: String, _ definition: @escaping @Sendable (Table) throws -> JSONValue) async throws -> Table {
        try await committer.write(isExclusive: true) { [self] transaction in
            let old = try table(named: name)
            let definition = try definition(old)
            let table = try Table(id: old.id, definition: definition)
            let update = try StatementCursor("UPDATE tables SET definition = ? WHERE id = ?", in: transaction.db)
            update.bind(definition.bytes)
            update.bind(old.id, at: 2)
            _ = try update.next()
            let (oldNames, newNames) = (Set(old.indexes.map(\.items.name)), Set(table.indexes.map(\.items.name)))
            for index in old.indexes where !newNames.contains(index.items.name) {
                try index.items.drop(in: transaction.db)
            }
            for index in table.indexes where !oldNames.contains(index.items.name) {
                try index.items.create(in: transaction.db)
                try transaction.fill(index, of: table)
            }
            transaction.onCommit = { self.catalog.withLock { $0[name] = table } }
            return table
        }
    }

    func delete(tableNamed name: String) async throws {
        try await committer.write(isExclusive: true) { [self] transaction in
            let table = try table(named: name)
            for items in [table.items] + table.indexes.map(\.items) { try items.drop(in: transaction.db) }
            try transaction.db.execute("DELETE FROM tables WHERE id = \(table.id)")
            transaction.onCommit = {
                self.beginTransition(of: name, deleted: table)
                self.catalog.withLock { $0[name] = nil }
            }
        }
    }

    /// The number of items in a table or an index, and their total size in bytes.
    func statistics(of items: ItemTable) throws -> (count: Int, bytes: Int) {
        try read { reader in
            let cursor = try StatementCursor("SELECT count, bytes FROM statistics WHERE entries = ?", in: reader)
            cursor.bind(items.name, at: 1)
            return try cursor.next() ? (cursor.int(at: 0), cursor.int(at: 1)) : (0, 0)
        }
    }

    // MARK: Items

    /// Reads the latest committed state without waiting for writers. Each statement has a snapshot of its own.
    func read<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
        do {
            return try readers.read(body)
        } catch let error as SQLiteError where error.message.hasPrefix("no such table") {
            // The table or the index was deleted after the request had looked it up.
            throw ServiceError.tableNotFound
        }
    }

    /// Writes items of `tables`; see ``GroupCommitter/write(isExclusive:_:)``. `work` gets the same tables as they are
    /// at the time of the write, with indexes that may have been added meanwhile.
    func write<Result: Sendable>(
        to tables: [Table],
        _ work: @escaping @Sendable (inout Transaction, [Table]) throws -> Result
    ) async throws -> Result {
        try await committer.write { [self] transaction in
            let current = try tables.map { table in
                guard let current = catalog.withLock({ $0[table.name] }), current.id == table.id else {
                    throw ServiceError.tableNotFound
                }
                return current
            }
            return try work(&transaction, current)
        }
    }

    func close() {
        readers.close()
        committer.close()
    }
}
