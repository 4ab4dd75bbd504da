import Foundation
import GRDB
import JSON
import Synchronization

/// The tables on disk: a SQLite database in WAL mode.
final class Store: Sendable {
    private static let fileName = "dynamodb.sqlite"

    private let writer: DatabaseQueue
    private let readers: ReaderPool
    private let committer: GroupCommitter
    private let lock: DirectoryLock
    /// The tables by name. It changes only on the writer's queue, right after the commit of the change.
    private let catalog: Mutex<[String: Table]>

    /// Opens the database in `directory`, creating both if they are missing, and migrates an older one.
    init(directory: String) throws(EmbeddedDynamoDB.StartError) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw .dataDirectoryUnusable(directory, reason: "\(error.localizedDescription)")
        }
        lock = try DirectoryLock(directory)
        var configuration = Configuration()
        configuration.label = "EmbeddedDynamoDB"
        configuration.journalMode = .wal
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4000")
        }
        let path = directory + "/" + Self.fileName
        do {
            writer = try DatabaseQueue(path: path, configuration: configuration)
            // GRDB itself chooses NORMAL for WAL, with which the last commits can be lost when the power fails.
            try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            guard try !writer.read(SchemaVersion.migrator.hasBeenSuperseded) else { throw SchemaVersion.IsNewer() }
            try SchemaVersion.migrator.migrate(writer)
            catalog = Mutex(try writer.read(Self.loadTables))
        } catch is SchemaVersion.IsNewer {
            throw .dataDirectoryTooNew(directory)
        } catch {
            throw .dataDirectoryUnusable(directory, reason: "\(error)")
        }
        committer = GroupCommitter(writer)
        readers = ReaderPool(path: path)
    }

    private static func loadTables(_ db: Database) throws -> [String: Table] {
        var tables: [String: Table] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, definition FROM tables") {
            let text: Data = row["definition"]
            guard let table = Table(id: row["id"], definition: try JSONValue(parsing: Array(text))) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a table's definition cannot be read")
            }
            tables[table.name] = table
        }
        return tables
    }

    // MARK: Tables

    /// - Throws: ``ServiceError/tableNotFound``.
    func table(named name: String) throws(ServiceError) -> Table {
        guard let table = catalog.withLock({ $0[name] }) else { throw .tableNotFound }
        return table
    }

    /// The names of all tables, in order.
    var tableNames: [String] {
        catalog.withLock { Array($0.keys) }.sorted { UTF8String($0) < UTF8String($1) }
    }

    func create(_ definition: JSONValue, named name: String) async throws -> Table {
        try await committer.write(isAlone: true) { [self] transaction in
            guard catalog.withLock({ $0[name] == nil }) else {
                throw ServiceError(.resourceInUse, "Table already exists: \(name)")
            }
            try transaction.db.execute(
                sql: "INSERT INTO tables (name, definition) VALUES (?, ?)",
                arguments: [name, Data(definition.bytes)]
            )
            guard let table = Table(id: transaction.db.lastInsertedRowID, definition: definition) else {
                throw DatabaseError(message: "a table's definition cannot be read")
            }
            for entries in [table.entries] + table.indexes.map(\.entries) { try entries.create(in: transaction.db) }
            transaction.db.afterNextTransaction { _ in self.catalog.withLock { $0[name] = table } }
            return table
        }
    }

    func delete(tableNamed name: String) async throws -> Table {
        try await committer.write(isAlone: true) { [self] transaction in
            let table = try table(named: name)
            for entries in [table.entries] + table.indexes.map(\.entries) { try entries.drop(in: transaction.db) }
            try transaction.db.execute(sql: "DELETE FROM tables WHERE id = ?", arguments: [table.id])
            transaction.db.afterNextTransaction { _ in self.catalog.withLock { $0[name] = nil } }
            return table
        }
    }

    /// How many items a table or an index has, and their size in bytes.
    func statistics(of entries: ItemTable) throws -> (count: Int, bytes: Int) {
        try read { reader in
            let row = try StatementCursor("SELECT count, bytes FROM statistics WHERE entries = ?", in: reader)
            row.bind(entries.name, at: 1)
            return try row.next() ? (row.int(at: 0), row.int(at: 1)) : (0, 0)
        }
    }

    // MARK: Items

    /// Reads in the newest committed state, without waiting for writers. Each statement sees one state.
    func read<Result>(_ body: (Reader) throws -> Result) throws -> Result {
        do {
            return try readers.read(body)
        } catch let error as DatabaseError where error.message?.hasPrefix("no such table") == true {
            // It was there when the request came, and has been deleted since.
            throw ServiceError.tableNotFound
        }
    }

    /// Changes items of `tables`; see ``GroupCommitter/write(isAlone:_:)``.
    func write<Result: Sendable>(
        to tables: [Table],
        _ work: @escaping @Sendable (inout Transaction) throws -> Result
    ) async throws -> Result {
        try await committer.write { [self] transaction in
            for table in tables {
                guard catalog.withLock({ $0[table.name]?.id == table.id }) else { throw ServiceError.tableNotFound }
            }
            return try work(&transaction)
        }
    }

    func close() throws {
        readers.close()
        try writer.close()
    }
}
