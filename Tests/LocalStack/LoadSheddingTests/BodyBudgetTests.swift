import HTTPTypes
import HummingbirdCore
import LoadShedding
import NIOCore
import Testing

@Suite
struct BodyBudgetTests {
    static let large = ByteBuffer(repeating: 1, count: 1 << 20)

    static func request(_ body: RequestBody) -> Request {
        Request(head: HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/"), body: body)
    }

    static func request(bytes: Int) -> Request { request(.init(buffer: ByteBuffer(repeating: 1, count: bytes))) }

    /// Reads the body and returns its size in bytes.
    static func size(of request: Request, in budget: BodyBudget, upTo limit: Int = 2 << 20) async throws -> Int {
        try await budget.withBody(of: request, upTo: limit) { $0.readableBytes }
    }

    @Test
    func `a body that arrives in parts is complete and in order`() async throws {
        let (body, source) = RequestBody.makeStream()
        async let read = BodyBudget().withBody(of: Self.request(body), upTo: 1_000_000) { Array(buffer: $0) }
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        for start in stride(from: 0, to: bytes.count, by: 50_000) {
            await source.yield(ByteBuffer(bytes: bytes[start..<start + 50_000]))
        }
        source.finish()
        #expect(try await read == bytes)
    }

    @Test
    func `small bodies are served even without any budget`() async throws {
        let budget = BodyBudget(bytes: 0)
        #expect(try await Self.size(of: Self.request(bytes: 0), in: budget) == 0)
        #expect(try await Self.size(of: Self.request(bytes: BodyBudget.uncounted), in: budget) == BodyBudget.uncounted)
        await #expect(throws: BodyBudget.Exceeded.self) {
            try await Self.size(of: Self.request(bytes: BodyBudget.uncounted + 1), in: budget)
        }
    }

    @Test
    func `a body counts until its use ends`() async throws {
        let budget = BodyBudget(bytes: 1 << 20)
        _ = try await budget.withBody(of: Self.request(.init(buffer: Self.large)), upTo: 1 << 20) { _ in
            await #expect(throws: BodyBudget.Exceeded.self) {
                try await Self.size(of: Self.request(.init(buffer: Self.large)), in: budget)
            }
        }
        #expect(try await Self.size(of: Self.request(.init(buffer: Self.large)), in: budget) == 1 << 20)
    }

    @Test
    func `an incomplete body counts, and stops counting when its connection ends`() async throws {
        let budget = BodyBudget(bytes: 1 << 20)
        let (body, source) = RequestBody.makeStream()
        let read = Task { try await Self.size(of: Self.request(body), in: budget) }
        await source.yield(Self.large)
        while (try? await Self.size(of: Self.request(.init(buffer: Self.large)), in: budget)) != nil {
            await Task.yield()
        }
        source.finish(ConnectionEnded())
        await #expect(throws: ConnectionEnded.self) { try await read.value }
        #expect(try await Self.size(of: Self.request(.init(buffer: Self.large)), in: budget) == 1 << 20)
    }

    @Test
    func `a body that is rejected or whose use fails stops counting`() async throws {
        let budget = BodyBudget(bytes: 1 << 20)
        for _ in 0..<10 {
            await #expect(throws: BodyBudget.Exceeded.self) {
                try await Self.size(of: Self.request(bytes: 2 << 20), in: budget)
            }
            await #expect(throws: NIOTooManyBytesError(maxBytes: 100_000)) {
                try await Self.size(of: Self.request(.init(buffer: Self.large)), in: budget, upTo: 100_000)
            }
            await #expect(throws: ConnectionEnded.self) {
                try await budget.withBody(of: Self.request(.init(buffer: Self.large)), upTo: 1 << 20) { _ in
                    throw ConnectionEnded()
                }
            }
        }
        #expect(try await Self.size(of: Self.request(.init(buffer: Self.large)), in: budget) == 1 << 20)
    }

    private struct ConnectionEnded: Error {}
}
