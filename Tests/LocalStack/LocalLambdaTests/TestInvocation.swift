import LocalLambda

/// An invocation without a promise, for tests of the state machines.
struct TestInvocation: PoolInvocation, CustomStringConvertible {
    typealias Payload = String

    let id: String
    var size = 0
    var arrival = TestClock.start

    var description: String { id }
}

/// The times of the state machines' tests, relative to an arbitrary start.
enum TestClock {
    static let start = ContinuousClock.now

    static func seconds(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }
}
