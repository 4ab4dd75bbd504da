/// Deletes all haiku page by page, as `clear_database` of the textbook's client does.
package struct DatabaseCleaner<Transport: LoadTransport> {
    package enum Result: Sendable, Equatable {
        /// No haiku is left after this number of deletions.
        case deleted(Int)
        /// `confirm` returned false; nothing was deleted.
        case declined
        /// `shouldStop` returned true after this number of deletions.
        case stopped(Int)
    }

    private static var maximumStaleReads: Int { 10 }

    private var pipeline: RequestPipeline<Transport>
    private let endpoint: Endpoint
    private let pageSize: Int
    private let shouldStop: () -> Bool
    private let sleep: (Nanoseconds) -> Void
    private let username: String?
    /// The number of haiku that were deleted so far.
    package private(set) var deleted = 0
    /// The number of deletions without a response, or with a gateway's 504, whose haiku may still exist.
    package private(set) var unknown = 0
    /// The number of requests that were sent again.
    package var repeats: Int { pipeline.repeats }

    /// - Parameters:
    ///   - username: Deletes only the haiku of this user; nil deletes all.
    ///   - sleep: Waits before reading the list again while it still contains deleted haiku.
    package init(
        transport: Transport,
        endpoint: Endpoint,
        pageSize: Int = 1000,
        onlyOf username: String? = nil,
        sleep: @escaping (Nanoseconds) -> Void,
        shouldStop: @escaping () -> Bool = { false }
    ) {
        pipeline = RequestPipeline(transport: transport, shouldStop: shouldStop)
        self.endpoint = endpoint
        self.pageSize = pageSize
        self.username = username
        self.sleep = sleep
        self.shouldStop = shouldStop
    }

    /// Deletes haiku until none is left.
    ///
    /// - Parameters:
    ///   - threshold: The number of haiku that are deleted without confirmation.
    ///   - confirm: Called before the first deletion if there are more haiku than `threshold`.
    ///   - onProgress: Called after each deletion, with the number of haiku that have been listed so far.
    /// - Throws: ``RequestError`` if the list cannot be read, if a haiku cannot be deleted, or if the list still contains
    ///   deleted haiku after several retries.
    package mutating func deleteAll(
        threshold: Int = 100,
        confirm: () -> Bool,
        onProgress: (_ deleted: Int, _ listed: Int) -> Void = { _, _ in }
    ) throws(RequestError) -> Result {
        var pages = Pages(first: endpoint.list(limit: pageSize))
        var page: [ItemID] = []
        while page.count <= threshold, let ids = try readPage(&pages) { page += ids }
        if page.count > threshold, !confirm() { return .declined }

        var seen: Set<ItemID> = []
        var (listed, new, staleReads) = (0, 0, 0)
        while true {
            let ids = page.filter { seen.insert($0).inserted }
            try delete(ids) { onProgress($0, seen.count) }
            listed += page.count
            new += ids.count
            if let next = try readPage(&pages) {
                page = next
                continue
            }
            if shouldStop() { return .stopped(deleted) }
            if listed == 0 { return .deleted(deleted) }
            // Reads the list again from the start. It is eventually consistent and may still contain deleted haiku.
            staleReads = new == 0 ? staleReads + 1 : 0
            guard staleReads <= Self.maximumStaleReads else {
                throw RequestError("the list still contains \(listed) deleted haiku; try again later")
            }
            if staleReads > 0 { sleep(50_000_000 << UInt64(staleReads - 1)) }
            (listed, new) = (0, 0)
            pages = Pages(first: endpoint.list(limit: pageSize))
            page = try readPage(&pages) ?? []
        }
    }

    /// The position in the pages of the list.
    private struct Pages {
        /// The URL of the next page; nil after the last one.
        var next: String?

        init(first: String) { next = first }
    }

    /// Returns the ids of the next page; nil after the last one, and after a stop.
    private mutating func readPage(_ pages: inout Pages) throws(RequestError) -> [ItemID]? {
        guard let url = pages.next, !shouldStop() else { return nil }
        let response = pipeline.response(to: .page(url), keeping: [.body, .headers])
        if response.outcome == .failure(.unfinished) { return nil }
        guard response.isSuccess else { throw RequestError(endpoint, "GET haiku", response) }
        pages.next = response.link.flatMap { LinkHeader.target(of: "next", in: $0) }
            .flatMap { Endpoint.resolve($0, against: url) }
        do {
            return try HaikuList.ids(in: response.body, onlyOf: username)
        } catch {
            throw RequestError(notAList: response.body, from: endpoint)
        }
    }

    private mutating func delete(_ ids: [ItemID], onProgress: (Int) -> Void) throws(RequestError) {
        var remaining = ids[...]
        var failure: APIResponse?
        var (deleted, unknown) = (deleted, unknown)
        _ = pipeline.send {
            guard failure == nil, let id = remaining.popFirst() else { return nil }
            return (.delete(id), .body)
        } onResponse: { response in
            // 404: another client has deleted it.
            if response.isSuccess || response.outcome == .status(404) {
                deleted += 1
                onProgress(deleted)
            } else {
                if response.isUnknown { unknown += 1 }
                if response.outcome != .failure(.unfinished) { failure = failure ?? response }
            }
        }
        (self.deleted, self.unknown) = (deleted, unknown)
        if let failure { throw RequestError(endpoint, "DELETE haiku/{item_id}", failure) }
    }
}
