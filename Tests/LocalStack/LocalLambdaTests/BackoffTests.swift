import LocalLambda
import Testing

@Suite
struct BackoffTests {
    @Test
    func `the delay doubles with each failure up to 10 s`() {
        var backoff = Backoff<String>()
        let delays = (0..<10).map { _ in backoff.fail(with: "error") }
        let expected = [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]
        #expect(delays == expected.map { .milliseconds($0) })
        #expect((0..<100).allSatisfy { _ in backoff.fail(with: "error") == .seconds(10) })
    }

    @Test
    func `after the delay an attempt may be made and a further failure doubles the delay`() {
        var backoff = Backoff<String>()
        #expect(backoff.fail(with: "first") == .milliseconds(100))
        #expect(backoff.failure == "first")
        backoff.expire()
        #expect(backoff.failure == nil)
        #expect(backoff.fail(with: "second") == .milliseconds(200))
        #expect(backoff.attempts == 2)
    }

    @Test
    func `a success resets the delay`() {
        var backoff = Backoff<String>()
        for _ in 0..<5 { _ = backoff.fail(with: "error") }
        backoff.reset()
        #expect(backoff.failure == nil)
        #expect(backoff.fail(with: "error") == .milliseconds(100))
    }
}
