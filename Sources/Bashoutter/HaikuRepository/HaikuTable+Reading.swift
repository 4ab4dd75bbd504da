internal import DynamoDB
public import Haiku
internal import JSON

extension HaikuTable: HaikuFinder {
    /// Reads the table itself, consistently, so that a haiku is there as soon as its POST was answered.
    public func json(of id: HaikuID, deadline: ContinuousClock.Instant) async throws -> [UInt8]? {
        do {
            return try await send(.getItem, deadline: deadline) {
                $0.itemKey(id)
                $0.member("ConsistentRead", true)
            } reading: { reply throws(JSONError) in
                try ItemTranscoder.item(in: &reply)
            }
        } catch {
            throw HaikuRepositoryError(error)
        }
    }
}

extension HaikuTable: HaikuLister {
    /// A page of the feed. If there is nothing in the index, a page of the table itself, so that items that were
    /// written by other tools show.
    public func page(limit: Int?, from cursor: Cursor?, deadline: ContinuousClock.Instant) async throws -> HaikuPage {
        switch cursor {
        case .table(let key):
            return try await tablePage(limit: limit, after: key, deadline: deadline)
        case .feed(let position):
            return try await feedPage(limit: limit, from: position, deadline: deadline)
        case nil:
            let page = try await feedPage(limit: limit, from: nil, deadline: deadline)
            guard page.isEmpty else { return page }
            return try await tablePage(limit: limit, after: nil, deadline: deadline)
        }
    }

    /// Sends a Query or Scan and transcodes its reply.
    func items(
        _ operation: DynamoDBOperation,
        deadline: ContinuousClock.Instant,
        _ members: (inout JSONWriter) -> Void
    ) async throws(HaikuRepositoryError) -> ItemTranscoder {
        do {
            return try await send(operation, deadline: deadline, members) { reply throws(JSONError) in
                try ItemTranscoder(&reply)
            }
        } catch {
            throw HaikuRepositoryError(error)
        }
    }
}

extension HaikuPage {
    /// A page of `haiku`, each a JSON object.
    init(of haiku: [ArraySlice<UInt8>], next: Cursor?) {
        var page = PageWriter()
        for object in haiku { page.append(object) }
        self = page.finish(next: next)
    }

    fileprivate var isEmpty: Bool { json.count == 2 }
}

/// Writes a page: a JSON array, object by object.
struct PageWriter {
    private var json = [UInt8(ascii: "[")]

    /// Appends an object that is JSON already.
    mutating func append(_ object: ArraySlice<UInt8>) {
        if json.count > 1 { json.append(UInt8(ascii: ",")) }
        json.append(contentsOf: object)
    }

    /// The whole page.
    consuming func finish(next: Cursor?) -> HaikuPage {
        json.append(UInt8(ascii: "]"))
        return HaikuPage(json: json, next: next)
    }
}

/// What still fits on a page: as many haiku as were asked for or, when no number was, 1 MiB of JSON, which is what one
/// Scan returns at most and so the textbook's bound.
struct PageLimit {
    private var count: Int
    private var bytes: Int
    private var isUntouched = true

    init(limit: Int?) {
        count = limit ?? .max
        bytes = limit == nil ? 1 << 20 - 2 : .max
    }

    /// Takes a haiku of `size` bytes on, if it fits. The first always does, or paging would never get past it.
    mutating func take(_ size: Int) -> Bool {
        guard isUntouched || count > 0 && size < bytes else { return false }
        isUntouched = false
        count -= 1
        bytes -= size + 1
        return true
    }
}
