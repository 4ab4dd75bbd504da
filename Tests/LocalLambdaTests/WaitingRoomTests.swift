import LocalLambda
import Testing

@Suite
struct WaitingRoomTests {
    /// A room in which two functions have places: so many of each its own, so many shared.
    static func room(own: Int, shared: Int) -> WaitingRoom {
        var limits = LambdaLimits()
        limits.waitingOfOneFunction = own
        limits.waitingInvocations = shared
        return WaitingRoom(limits)
    }

    /// How many invocations of a function get in, one after the other.
    static func fill(_ room: WaitingRoom, besides count: Int = 0) -> Int {
        var count = count
        while count < 10_000, room.enter(besides: count) { count += 1 }
        return count
    }

    @Test
    func `a function may fill its own places and those that are shared`() {
        let room = Self.room(own: 2, shared: 3)
        #expect(Self.fill(room) == 5)
    }

    @Test
    func `a flood of one function leaves the others their own places`() {
        let room = Self.room(own: 2, shared: 3)
        #expect(Self.fill(room) == 5)
        #expect(Self.fill(room) == 2)
        #expect(Self.fill(room) == 2)
    }

    @Test
    func `a place that was given back can be taken again, by any function`() {
        let room = Self.room(own: 1, shared: 2)
        #expect(Self.fill(room) == 3)
        room.leave(2)
        #expect(Self.fill(room) == 2)
        room.leave(1)
        room.leave(0)
        #expect(Self.fill(room, besides: 2) == 3)
    }

    @Test
    func `an empty room has as many places as before it was full`() {
        let room = Self.room(own: 3, shared: 4)
        for _ in 0..<3 {
            var count = Self.fill(room)
            #expect(count == 7)
            while count > 0 {
                count -= 1
                room.leave(count)
            }
        }
    }

    @Test(arguments: [(1, 64), (8, 64), (16, 128)])
    func `without numbers, the places follow from the number of processes`(concurrency: Int, places: Int) {
        var limits = LambdaLimits()
        limits.concurrency = concurrency
        #expect(Self.fill(WaitingRoom(limits)) == places)
    }
}
