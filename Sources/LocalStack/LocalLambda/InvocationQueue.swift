import NIOCore

/// The invocations of one function that wait for a process, oldest first.
///
/// Only this type and `FunctionPool+Admission.swift` consult the ``WaitingRoom``.
struct InvocationQueue<Invocation: PoolInvocation> {
    private let room: WaitingRoom
    private let maximumBytes: Int
    private var invocations = CircularBuffer<Invocation>()
    /// The size of all payloads.
    private var bytes = 0

    init(in room: WaitingRoom, maximumBytes: Int) {
        self.room = room
        self.maximumBytes = maximumBytes
    }

    var count: Int { invocations.count }
    var first: Invocation? { invocations.first }
    /// Whether one more invocation without a payload could be appended.
    var hasRoom: Bool { room.waiting.hasPlace(besides: count) }

    /// Returns false, and changes nothing, if the queue is full.
    mutating func append(_ invocation: Invocation) -> Bool {
        guard bytes + invocation.size <= maximumBytes, room.waiting.enter(besides: count) else { return false }
        invocations.append(invocation)
        bytes += invocation.size
        return true
    }

    mutating func removeFirst() -> Invocation? {
        guard let invocation = invocations.popFirst() else { return nil }
        bytes -= invocation.size
        room.waiting.leave(count)
        return invocation
    }
}
