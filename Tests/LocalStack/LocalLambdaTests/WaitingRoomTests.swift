import LocalLambda
import NIOCore
import Testing

@Suite
struct WaitingRoomTests {
    /// The number of places that one function can take in a row.
    static func fill(_ places: inout Places, besides count: Int = 0) -> Int {
        var count = count
        while count < 10_000, places.enter(besides: count) { count += 1 }
        return count
    }

    @Test
    func `a function may take its own places and the shared ones`() {
        var places = Places(own: 2, shared: 3)
        #expect(Self.fill(&places) == 5)
    }

    @Test
    func `a function that takes all shared places leaves the others their own`() {
        var places = Places(own: 2, shared: 3)
        #expect(Self.fill(&places) == 5)
        #expect(Self.fill(&places) == 2)
        #expect(Self.fill(&places) == 2)
    }

    @Test
    func `a released place can be taken again by any function`() {
        var places = Places(own: 1, shared: 2)
        #expect(Self.fill(&places) == 3)
        places.leave(2)
        #expect(Self.fill(&places) == 2)
        places.leave(1)
        places.leave(0)
        #expect(Self.fill(&places, besides: 2) == 3)
    }

    @Test
    func `releasing all places restores the limit`() {
        var places = Places(own: 3, shared: 4)
        for _ in 0..<3 {
            var count = Self.fill(&places)
            #expect(count == 7)
            while count > 0 {
                count -= 1
                places.leave(count)
            }
        }
    }

    @Test(arguments: [(1, 64), (8, 64), (16, 128)])
    func `the default number of places follows from the number of processes`(concurrency: Int, places: Int) {
        var limits = LambdaLimits()
        limits.concurrency = concurrency
        let room = WaitingRoom(limits)
        #expect(Self.fill(&room.waiting) == places)
        #expect(Self.fill(&room.admitted) == places + concurrency)
    }

    @Test
    func `a rejection that ends its connection takes three slots`() {
        let room = WaitingRoom(LambdaLimits())
        let now = NIODeadline.now()
        while room.turnOfRefusal(now) == now {}
        let turns = [false, true, false].map { room.turnOfRefusal(now, endsConnection: $0) }
        #expect(turns[1] - turns[0] == (turns[2] - turns[1]) * 3)
    }
}
