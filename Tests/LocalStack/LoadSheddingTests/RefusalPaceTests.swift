import LoadShedding
import NIOCore
import Testing

@Suite
struct RefusalPaceTests {
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    static let interval = TimeAmount.microseconds(800)

    /// The delays of `count` rejections that are scheduled at the same time.
    static func delays(_ count: Int, _ pace: inout RefusalPace, at now: NIODeadline) -> [TimeAmount] {
        (0..<count).map { _ in pace.turn(now) - now }
    }

    @Test
    func `a burst is rejected at once`() {
        var pace = RefusalPace(interval: Self.interval)
        #expect(Self.delays(RefusalPace.burst, &pace, at: Self.start).allSatisfy { $0 == .zero })
    }

    @Test
    func `under overload, rejections follow each other at the interval`() {
        var pace = RefusalPace(interval: Self.interval)
        _ = Self.delays(RefusalPace.burst, &pace, at: Self.start)
        let overload = Self.delays(1_000, &pace, at: Self.start)
        #expect(overload == (1...1_000).map { Self.interval * $0 })
    }

    @Test
    func `a rejection that closes its connection takes several intervals`() {
        var pace = RefusalPace(interval: Self.interval)
        _ = Self.delays(RefusalPace.burst, &pace, at: Self.start)
        #expect(pace.turn(Self.start, endsConnection: true) == Self.start + Self.interval * 3)
        #expect(pace.turn(Self.start) == Self.start + Self.interval * 4)
        #expect(pace.turn(Self.start, endsConnection: true) == Self.start + Self.interval * 7)
    }

    @Test
    func `no rejection waits longer than a second, however many there are`() {
        var pace = RefusalPace(interval: Self.interval)
        let overload = Self.delays(100_000, &pace, at: Self.start)
        #expect(overload.max() == RefusalPace.longest)
        let later = Self.start + RefusalPace.longest + Self.interval * RefusalPace.burst
        #expect(pace.turn(later) == later)
    }

    @Test
    func `after the overload, rejections are made at once again`() {
        var pace = RefusalPace(interval: Self.interval)
        _ = Self.delays(RefusalPace.burst + 1_000, &pace, at: Self.start)
        let later = Self.start + Self.interval * (1_000 + RefusalPace.burst)
        #expect(Self.delays(RefusalPace.burst, &pace, at: later).allSatisfy { $0 == .zero })
        #expect(pace.turn(later) > later)
    }

    @Test
    func `rejections at no more than the rate never wait`() {
        var pace = RefusalPace(interval: Self.interval)
        var now = Self.start
        for _ in 0..<1_000 {
            #expect(pace.turn(now) == now)
            now = now + Self.interval
        }
    }
}
