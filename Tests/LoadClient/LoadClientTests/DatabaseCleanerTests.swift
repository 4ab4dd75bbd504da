import LoadClient
import Testing

struct DatabaseCleanerTests {
    /// An API whose list still contains deleted haiku for the first `staleReads` reads of its first page after the last
    /// deletion.
    private final class FakeAPI {
        var ids: [String]
        var staleReads: Int
        private var listed: [String]
        private(set) var deletes = 0
        let clock = SimulatedClock()

        init(count: Int, staleReads: Int = 0) {
            ids = (0..<count).map { "id\($0)" }
            listed = ids
            self.staleReads = staleReads
        }

        func server(slots: Int = 4, deleteStatus: Int = 204) -> SimulatedServer {
            SimulatedServer(slots: slots, clock: clock, respondAt: { $0 + millisecond }) { [self] request, slot in
                var response = APIResponse.ok(slot)
                switch request {
                case .page(let url):
                    let query = url.split(separator: "?").last.map(String.init) ?? ""
                    let items = query.split(separator: "&").map { $0.split(separator: "=").map(String.init) }
                    let limit = items.first { $0[0] == "limit" }.flatMap { Int($0[1]) } ?? 10
                    // The cursor is the number of the last haiku on the previous page.
                    let after = items.first { $0[0] == "cursor" }.flatMap { Int($0[1]) } ?? -1
                    if after < 0 {
                        if ids.isEmpty && staleReads > 0 { staleReads -= 1 } else { listed = ids }
                    }
                    let rest = listed.filter { Int($0.dropFirst(2))! > after }
                    let page = rest.prefix(limit)
                    response.body = Array("[\(page.map { "{\"item_id\":\"\($0)\"}" }.joined(separator: ","))]".utf8)
                    if rest.count > limit, let last = page.last {
                        response.link = "<?limit=\(limit)&cursor=\(last.dropFirst(2))>; rel=\"next\""
                    }
                case .delete(let id):
                    deletes += 1
                    ids.removeAll { $0 == id.text }
                    response.outcome = .status(deleteStatus)
                    response.body = deleteStatus == 503 ? Array(#"{"description":"Try again."}"#.utf8) : []
                case .post, .like, .list: response.outcome = .status(405)
                }
                return response
            }
        }

        func cleaner(_ server: SimulatedServer, pageSize: Int = 7) throws -> DatabaseCleaner<SimulatedServer> {
            DatabaseCleaner(
                transport: server,
                endpoint: try Endpoint("http://h/prod"),
                pageSize: pageSize,
                sleep: { [clock] in clock.advance(to: clock.now() + $0) }
            )
        }
    }

    @Test(arguments: [0, 1, 7, 8, 100, 101, 345])
    func `every page is read until the list is empty`(count: Int) throws {
        let api = FakeAPI(count: count)
        var cleaner = try api.cleaner(api.server())
        let result = try cleaner.deleteAll(confirm: { true })
        #expect(result == .deleted(count))
        #expect(api.ids.isEmpty)
        #expect(api.deletes == count)
    }

    @Test(arguments: [(100, 0), (101, 1), (500, 1)]) func `deleting more than 100 haiku requires one confirmation`(
        count: Int,
        confirmations: Int
    ) throws {
        let api = FakeAPI(count: count)
        var cleaner = try api.cleaner(api.server())
        var confirmed = 0
        let result = try cleaner.deleteAll(confirm: {
            #expect(api.deletes == 0)
            confirmed += 1
            return true
        })
        #expect(confirmed == confirmations)
        #expect(result == .deleted(count))
    }

    @Test
    func `nothing is deleted without confirmation`() throws {
        let api = FakeAPI(count: 101)
        var cleaner = try api.cleaner(api.server())
        #expect(try cleaner.deleteAll(confirm: { false }) == .declined)
        #expect(api.ids.count == 101)
    }

    @Test
    func `a stale list is read again and no haiku counts twice`() throws {
        let api = FakeAPI(count: 20, staleReads: 3)
        var cleaner = try api.cleaner(api.server())
        #expect(try cleaner.deleteAll(confirm: { true }) == .deleted(20))
        #expect(api.deletes == 20)
    }

    @Test
    func `a list that is stale now and then is read until it is empty`() throws {
        let clock = SimulatedClock()
        var reads = 0
        // Every haiku is listed twice. The second time it has been deleted.
        let server = SimulatedServer(slots: 1, clock: clock, respondAt: { $0 }) { request, slot in
            var response = APIResponse.ok(slot)
            if case .page = request {
                response.body = Array((reads < 30 ? #"[{"item_id":"id\#(reads / 2)"}]"# : "[]").utf8)
                reads += 1
            }
            return response
        }
        var cleaner = DatabaseCleaner(
            transport: server, endpoint: try Endpoint("http://h"), sleep: { clock.advance(to: clock.now() + $0) })
        #expect(try cleaner.deleteAll(confirm: { true }) == .deleted(15))
    }

    @Test
    func `a haiku that is already gone counts as deleted`() throws {
        let api = FakeAPI(count: 5)
        var cleaner = try api.cleaner(api.server(deleteStatus: 404))
        #expect(try cleaner.deleteAll(confirm: { true }) == .deleted(5))
    }

    @Test
    func `a list that stays stale is an error`() throws {
        let api = FakeAPI(count: 20, staleReads: .max)
        var cleaner = try api.cleaner(api.server())
        #expect(throws: RequestError.self) { try cleaner.deleteAll(confirm: { true }) }
    }

    @Test
    func `a failed delete is reported with the description of the response`() throws {
        let api = FakeAPI(count: 5)
        var cleaner = try api.cleaner(api.server(deleteStatus: 503))
        let failure = #expect(throws: RequestError.self) { try cleaner.deleteAll(confirm: { true }) }
        #expect(failure?.description.contains("503: Try again.") == true)
    }
}
