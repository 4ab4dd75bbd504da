/// Deletes all haiku there are, page by page, as the textbook's client does.
public struct DatabaseCleaner<Transport: LoadTransport> {
    /// How it ended.
    public enum Result: Sendable, Equatable {
        /// The list is empty; so many haiku were deleted.
        case deleted(Int)
        /// `mayDeleteMore` said no; nothing was deleted.
        case declined
        /// It was stopped; so many haiku were deleted.
        case stopped(Int)
    }

    private var batch: RequestPipeline<Transport>
    private let endpoint: Endpoint
    private let pageSize: Int
    private let shouldStop: () -> Bool
    private let pause: (Nanoseconds) -> Void
    private var deleted = 0

    /// Deletes over `transport`, as many at once as it has slots, and reads pages of `pageSize`. `pause` waits for so
    /// long, when the list still shows what has been deleted.
    public init(
        transport: Transport,
        endpoint: Endpoint,
        pageSize: Int = 1000,
        pause: @escaping (Nanoseconds) -> Void,
        shouldStop: @escaping () -> Bool = { false }
    ) {
        batch = RequestPipeline(transport: transport, shouldStop: shouldStop)
        self.endpoint = endpoint
        self.pageSize = pageSize
        self.pause = pause
        self.shouldStop = shouldStop
    }

    /// Deletes until the list is empty, and calls `onProgress` with how many are gone and how many are known of.
    ///
    /// Before it deletes anything it reads on until it knows of more than `threshold` haiku; if there are so many, it
    /// asks `mayDeleteMore`.
    ///
    /// - Throws: ``EndpointFailure`` when the list cannot be read, a haiku cannot be deleted, or the list still shows
    ///   haiku long after they were deleted.
    public mutating func eraseAll(
        threshold: Int = 100,
        mayDeleteMore: () -> Bool,
        onProgress: (_ deleted: Int, _ known: Int) -> Void = { _, _ in }
    ) throws(EndpointFailure) -> Result {
        var pages = PageReader(first: endpoint.list(limit: pageSize))
        var page: [ItemID] = []
        while page.count <= threshold, let ids = try readPage(&pages) { page += ids }
        if page.count > threshold, !mayDeleteMore() { return .declined }

        var seen: Set<ItemID> = []
        var (found, fresh, staleRounds) = (0, 0, 0)
        while true {
            let ids = page.filter { seen.insert($0).inserted }
            try delete(ids) { onProgress($0, seen.count) }
            found += page.count
            fresh += ids.count
            if let next = try readPage(&pages) {
                page = next
                continue
            }
            if shouldStop() { return .stopped(deleted) }
            if found == 0 { return .deleted(deleted) }
            // Once more from the start. The list is eventually consistent: for a while it may show what is gone.
            staleRounds = fresh == 0 ? staleRounds + 1 : 0
            guard staleRounds <= 10 else {
                throw EndpointFailure("the list still shows \(found) haiku that were deleted")
            }
            if staleRounds > 0 { pause(50_000_000 << UInt64(staleRounds - 1)) }
            (found, fresh) = (0, 0)
            pages = PageReader(first: endpoint.list(limit: pageSize))
            page = try readPage(&pages) ?? []
        }
    }

    /// Where one is in following the pages.
    private struct PageReader {
        var next: String?

        init(first: String) { next = first }
    }

    /// The ids of the next page; nil when there is none.
    private mutating func readPage(_ pages: inout PageReader) throws(EndpointFailure) -> [ItemID]? {
        guard let url = pages.next, !shouldStop() else { return nil }
        let reply = batch.reply(to: .page(url), wanting: [.body, .headers])
        guard reply.isSuccess else { throw EndpointFailure(endpoint, "GET haiku", reply) }
        pages.next = reply.link.flatMap { LinkHeader.target(of: "next", in: $0) }
            .flatMap { Endpoint.resolve($0, against: url) }
        do {
            return try HaikuList.ids(in: reply.body)
        } catch {
            throw EndpointFailure("\(url) is no list of haiku: \(error)")
        }
    }

    private mutating func delete(_ ids: [ItemID], onProgress: (Int) -> Void) throws(EndpointFailure) {
        var rest = ids[...]
        var failure: APIResponse?
        var deleted = deleted
        batch.send {
            guard failure == nil, let id = rest.popFirst() else { return nil }
            return (.delete(id), .body)
        } onReply: { reply in
            // Gone is gone, whoever did it.
            if reply.isSuccess || reply.outcome == .status(404) {
                deleted += 1
                onProgress(deleted)
            } else {
                failure = failure ?? reply
            }
        }
        self.deleted = deleted
        if let failure { throw EndpointFailure(endpoint, "DELETE haiku/{item_id}", failure) }
    }
}
