/// Sends requests one after another as fast as there are connections, until there are no more.
struct RequestPipeline<Transport: LoadTransport> {
    private var transport: Transport
    private let shouldStop: () -> Bool

    init(transport: Transport, shouldStop: @escaping () -> Bool) {
        self.transport = transport
        self.shouldStop = shouldStop
    }

    /// Sends what `next` returns until it returns nil, and calls `onReply` with every reply. Returns early, when all that
    /// is under way has ended, once it should stop.
    mutating func send(_ next: () -> (APIRequest, ResponseParts)?, onReply: (APIResponse) -> Void) {
        var free = Array((0..<transport.slots).reversed())
        var replies: [APIResponse] = []
        while true {
            while let slot = free.last, !shouldStop(), let (request, parts) = next() {
                free.removeLast()
                transport.send(request, in: slot, wanting: parts)
            }
            if free.count == transport.slots { return }
            transport.wait(until: .max, into: &replies)
            for reply in replies {
                free.append(reply.slot)
                onReply(reply)
            }
            replies.removeAll(keepingCapacity: true)
        }
    }

    /// Sends one request and waits for its reply.
    mutating func reply(to request: APIRequest, wanting parts: ResponseParts) -> APIResponse {
        transport.reply(to: request, wanting: parts)
    }
}
