import LoadClient
import Testing

struct BulkPosterTests {
    @Test
    func `posts are sent concurrently and counted`() throws {
        let clock = SimulatedClock()
        var bodies: Set<[UInt8]> = []
        let server = SimulatedServer(slots: 10, clock: clock, respondAt: { $0 + millisecond }) { request, slot in
            if case .post(let body, _) = request { bodies.insert(body) }
            return .ok(slot, bodies.count == 50 ? 400 : 201)
        }
        var poster = BulkPoster(transport: server, endpoint: try Endpoint("http://h"), seed: 1, run: 1)
        var progress: [Int] = []
        let result = try poster.post(300) { progress.append($0) }
        #expect((result.sent, result.created) == (300, 299))
        #expect(result.errors == ["status 400": 1])
        #expect(bodies.count == 300)
        #expect(progress == Array(1...300))
        // 300 requests, 10 at a time, 1 ms each.
        #expect(clock.now() - second == 30 * millisecond)
    }

    @Test
    func `no request is sent until the time in Retry-After has passed`() throws {
        let clock = SimulatedClock()
        var isFirst = true
        let server = SimulatedServer(slots: 2, clock: clock, respondAt: { $0 + millisecond }) { _, slot in
            defer { isFirst = false }
            var response = APIResponse.ok(slot, isFirst ? 503 : 201)
            response.retryAfter = isFirst ? 3 * second : nil
            return response
        }
        var poster = BulkPoster(transport: server, endpoint: try Endpoint("http://h"), seed: 1, run: 1)
        let result = try poster.post(10)
        #expect((result.sent, result.created, result.repeats) == (10, 10, 1))
        #expect(server.requests.prefix(2).allSatisfy { $0.at == second })
        #expect(server.requests.dropFirst(2).allSatisfy { $0.at >= 4 * second + millisecond })
    }

    @Test
    func `an unreachable endpoint stops the posts immediately`() throws {
        let clock = SimulatedClock()
        let server = SimulatedServer(slots: 2, clock: clock, respondAt: { $0 }) { _, slot in
            APIResponse(slot: slot, outcome: .failure(.connect), finishedAt: 0)
        }
        var poster = BulkPoster(transport: server, endpoint: try Endpoint("http://h"), seed: 1, run: 1)
        #expect(throws: RequestError.self) { try poster.post(1_000_000) }
        #expect(server.requests.count == 2)
    }
}
