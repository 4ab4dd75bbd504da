/// Sends a sequence of requests, each as soon as a slot of the transport is free.
struct RequestPipeline<Transport: LoadTransport> {
    private var transport: Transport
    private let shouldStop: () -> Bool

    init(transport: Transport, shouldStop: @escaping () -> Bool) {
        self.transport = transport
        self.shouldStop = shouldStop
    }

    /// Sends the requests that `next` returns until it returns nil or `shouldStop` returns true, and then waits for those
    /// in flight.
    mutating func send(_ next: () -> (APIRequest, ResponseParts)?, onResponse: (APIResponse) -> Void) {
        var free = Array((0..<transport.slots).reversed())
        var responses: [APIResponse] = []
        while true {
            while let slot = free.last, !shouldStop(), let (request, parts) = next() {
                free.removeLast()
                transport.send(request, in: slot, keeping: parts)
            }
            if free.count == transport.slots { return }
            transport.wait(until: .max, into: &responses)
            for response in responses {
                free.append(response.slot)
                onResponse(response)
            }
            responses.removeAll(keepingCapacity: true)
        }
    }

    mutating func response(to request: APIRequest, keeping parts: ResponseParts) -> APIResponse {
        transport.response(to: request, keeping: parts)
    }
}
