import LoadClient
import Testing

@Suite struct BatchTests {
    /// An API with some haiku, whose list lags behind by so many reads.
    private final class FakeAPI {
        var ids: [String]
        var lag: Int
        private var shown: [String]
        private(set) var deletes = 0
        private(set) var reads = 0
        private(set) var atOnce = 0
        let clock = SimulatedClock()

        init(count: Int, lag: Int = 0) {
            ids = (0..<count).map { "id\($0)" }
            shown = ids
            self.lag = lag
        }

        func server(slots: Int = 4, failDeletes: Bool = false) -> SimulatedServer {
            SimulatedServer(slots: slots, clock: clock, replyAt: { $0 + millisecond }) { [self] request, slot in
                var reply = APIResponse.ok(slot)
                switch request {
                case .page(let url):
                    reads += 1
                    let query = url.split(separator: "?").last.map(String.init) ?? ""
                    let items = query.split(separator: "&").map { $0.split(separator: "=").map(String.init) }
                    let limit = items.first { $0[0] == "limit" }.flatMap { Int($0[1]) } ?? 10
                    // The cursor is the number of the last haiku that was shown.
                    let after = items.first { $0[0] == "cursor" }.flatMap { Int($0[1]) } ?? -1
                    if after < 0 {
                        if ids.isEmpty && lag > 0 { lag -= 1 } else { shown = ids }
                    }
                    let rest = shown.filter { Int($0.dropFirst(2))! > after }
                    let page = rest.prefix(limit)
                    reply.body = Array("[\(page.map { "{\"item_id\":\"\($0)\"}" }.joined(separator: ","))]".utf8)
                    if rest.count > limit, let last = page.last {
                        reply.link = "<?limit=\(limit)&cursor=\(last.dropFirst(2))>; rel=\"next\""
                    }
                case .delete(let id):
                    deletes += 1
                    ids.removeAll { $0 == id.text }
                    reply.outcome = .status(failDeletes ? 503 : 204)
                    reply.body = failDeletes ? Array(#"{"description":"Try again."}"#.utf8) : []
                case .post, .like, .list: reply.outcome = .status(405)
                }
                return reply
            }
        }

        func eraser(_ server: SimulatedServer, pageSize: Int = 7) throws -> DatabaseCleaner<SimulatedServer> {
            DatabaseCleaner(
                transport: server,
                endpoint: try Endpoint("http://h/prod"),
                pageSize: pageSize,
                pause: { [clock] in clock.advance(to: clock.now() + $0) }
            )
        }
    }

    @Test(arguments: [0, 1, 7, 8, 100, 101, 345]) func everyPageIsFollowedUntilTheListIsEmpty(count: Int) throws {
        let api = FakeAPI(count: count)
        var eraser = try api.eraser(api.server())
        let result = try eraser.eraseAll(mayDeleteMore: { true })
        #expect(result == .deleted(count))
        #expect(api.ids.isEmpty)
        #expect(api.deletes == count)
    }

    @Test(arguments: [(100, 0), (101, 1), (500, 1)]) func itAsksOnceBeforeItDeletesMoreThanAHundred(
        count: Int,
        questions: Int
    ) throws {
        let api = FakeAPI(count: count)
        var eraser = try api.eraser(api.server())
        var asked = 0
        let result = try eraser.eraseAll(mayDeleteMore: {
            #expect(api.deletes == 0)
            asked += 1
            return true
        })
        #expect(asked == questions)
        #expect(result == .deleted(count))
    }

    @Test func whenItMayNotNothingIsDeleted() throws {
        let api = FakeAPI(count: 101)
        var eraser = try api.eraser(api.server())
        #expect(try eraser.eraseAll(mayDeleteMore: { false }) == .declined)
        #expect(api.ids.count == 101)
    }

    @Test func aListThatLagsBehindIsReadAgainAndNoHaikuCountsTwice() throws {
        let api = FakeAPI(count: 20, lag: 3)
        var eraser = try api.eraser(api.server())
        #expect(try eraser.eraseAll(mayDeleteMore: { true }) == .deleted(20))
        #expect(api.deletes == 20)
    }

    @Test func aListThatNeverForgetsIsAnError() throws {
        let api = FakeAPI(count: 20, lag: .max)
        var eraser = try api.eraser(api.server())
        #expect(throws: EndpointFailure.self) { try eraser.eraseAll(mayDeleteMore: { true }) }
    }

    @Test func aDeleteThatFailsIsSaidInTheServersWords() throws {
        let api = FakeAPI(count: 5)
        var eraser = try api.eraser(api.server(failDeletes: true))
        let failure = #expect(throws: EndpointFailure.self) { try eraser.eraseAll(mayDeleteMore: { true }) }
        #expect(failure?.description.contains("503: Try again.") == true)
    }

    @Test func manyPostsAreSentAndCounted() throws {
        let clock = SimulatedClock()
        var bodies: Set<[UInt8]> = []
        let server = SimulatedServer(slots: 10, clock: clock, replyAt: { $0 + millisecond }) { request, slot in
            if case .post(let body) = request { bodies.insert(body) }
            return .ok(slot, bodies.count == 50 ? 400 : 201)
        }
        var poster = BulkPoster(transport: server, endpoint: try Endpoint("http://h"), seed: 1)
        var progress: [Int] = []
        let result = try poster.post(300) { progress.append($0) }
        #expect((result.sent, result.created) == (300, 299))
        #expect(result.errors == ["status 400": 1])
        #expect(bodies.count == 300)
        #expect(progress == Array(1...300))
        // Ten at once, a millisecond each.
        #expect(clock.now() - second == 30 * millisecond)
    }

    @Test func nobodyThereEndsItAtOnce() throws {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 2, clock: clock, replyAt: { $0 }) { _, slot in
            APIResponse(slot: slot, outcome: .failure(.connect), finishedAt: 0)
        }
        var poster = BulkPoster(transport: server, endpoint: try Endpoint("http://h"), seed: 1)
        #expect(throws: EndpointFailure.self) { try poster.post(1_000_000) }
        #expect(server.requests.count == 2)
    }
}
