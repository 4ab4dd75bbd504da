import NIOCore

/// Invocations of one function that wait for a process, the oldest first.
struct InvocationQueue {
    private let room: WaitingRoom
    private let maximumBytes: Int
    private var queue = CircularBuffer<Invocation>()
    /// The size of all their payloads.
    private var bytes = 0

    init(in room: WaitingRoom, maximumBytes: Int) {
        self.room = room
        self.maximumBytes = maximumBytes
    }

    var count: Int { queue.count }
    var first: Invocation? { queue.first }

    /// Lets the invocation wait; returns false if there is no room for it.
    mutating func append(_ invocation: Invocation) -> Bool {
        guard bytes + invocation.payload.readableBytes <= maximumBytes, room.waiting.enter(besides: count) else {
            return false
        }
        queue.append(invocation)
        bytes += invocation.payload.readableBytes
        return true
    }

    mutating func removeFirst() -> Invocation? {
        guard let invocation = queue.popFirst() else { return nil }
        bytes -= invocation.payload.readableBytes
        room.waiting.leave(count)
        return invocation
    }
}

/// Keeps a function that cannot start from being started again and again: each failure doubles the pause.
struct Backoff {
    private static let shortest = TimeAmount.milliseconds(100)
    private static let longest = TimeAmount.seconds(10)

    private(set) var attempts = 0
    /// When the next attempt is due.
    private(set) var until = NIODeadline.distantPast
    private var lastError: ByteBuffer?

    /// The last failure, as long as no other attempt is due.
    var failure: ByteBuffer? { .now() < until ? lastError : nil }

    /// Notes a failure and returns how long to wait before the next attempt.
    mutating func fail(with error: ByteBuffer) -> TimeAmount {
        attempts += 1
        let delay = min(Self.shortest * (1 << min(attempts - 1, 10)), Self.longest)
        until = .now() + delay
        lastError = error
        return delay
    }

    mutating func reset() {
        guard attempts > 0 else { return }
        self = Backoff()
    }
}
