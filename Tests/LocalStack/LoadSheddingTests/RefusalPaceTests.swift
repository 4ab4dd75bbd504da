import LoadShedding
import NIOCore
import Testing

@Suite
struct RefusalPaceTests {
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    static let interval = TimeAmount.microseconds(800)

    /// How long after `now` each of so many refusals is made that come at the same time.
    static func delays(_ count: Int, _ pace: inout RefusalPace, at now: NIODeadline) -> [TimeAmount] {
        (0..<count).map { _ in pace.turn(now) - now }
    }

    @Test
    func `a few refusals are made at once`() {
        var pace = RefusalPace(interval: Self.interval)
        #expect(Self.delays(RefusalPace.burst, &pace, at: Self.start).allSatisfy { $0 == .zero })
    }

    @Test
    func `in a flood, refusals follow each other at the pace`() {
        var pace = RefusalPace(interval: Self.interval)
        _ = Self.delays(RefusalPace.burst, &pace, at: Self.start)
        let flood = Self.delays(1_000, &pace, at: Self.start)
        #expect(flood == (1...1_000).map { Self.interval * $0 })
    }

    @Test
    func `a refusal with which a connection goes takes the turns of several`() {
        var pace = RefusalPace(interval: Self.interval)
        _ = Self.delays(RefusalPace.burst, &pace, at: Self.start)
        #expect(pace.turn(Self.start, endsConnection: true) == Self.start + Self.interval * 3)
        #expect(pace.turn(Self.start) == Self.start + Self.interval * 4)
        #expect(pace.turn(Self.start, endsConnection: true) == Self.start + Self.interval * 7)
    }

    @Test
    func `no refusal waits longer than a second, however many there are`() {
        var pace = RefusalPace(interval: Self.interval)
        let flood = Self.delays(100_000, &pace, at: Self.start)
        #expect(flood.max() == RefusalPace.longest)
        let later = Self.start + RefusalPace.longest + Self.interval * RefusalPace.burst
        #expect(pace.turn(later) == later)
    }

    @Test
    func `after the flood, refusals are made at once again`() {
        var pace = RefusalPace(interval: Self.interval)
        _ = Self.delays(RefusalPace.burst + 1_000, &pace, at: Self.start)
        let later = Self.start + Self.interval * (1_000 + RefusalPace.burst)
        #expect(Self.delays(RefusalPace.burst, &pace, at: later).allSatisfy { $0 == .zero })
        #expect(pace.turn(later) > later)
    }

    @Test
    func `refusals that come no faster than the pace never wait`() {
        var pace = RefusalPace(interval: Self.interval)
        var now = Self.start
        for _ in 0..<1_000 {
            #expect(pace.turn(now) == now)
            now = now + Self.interval
        }
    }
}
