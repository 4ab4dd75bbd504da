/// Sends a sequence of requests, each as soon as a slot of the transport is free, and repeats those that were throttled or
/// lost.
///
/// Repeats are safe: posts and likes have an idempotency key, and the other requests are idempotent.
struct RequestPipeline<Transport: LoadTransport> {
    /// Why ``send(_:onResponse:)`` returned.
    enum End {
        case completed
        /// `shouldStop` returned true.
        case stopped
        /// As many requests in sequence as there are slots, and at least five, got no response.
        case unresponsive
    }

    private struct Job {
        let request: APIRequest
        let parts: ResponseParts
        var attempts = 0
        /// The response to the last attempt.
        var last: APIResponse?
        /// When to repeat the request.
        var due: Nanoseconds = 0
    }

    private static var maximumAttempts: Int { 10 }
    private static var stopCheckInterval: Nanoseconds { 50_000_000 }
    /// How long requests in flight may take to complete after a stop.
    private static var stopTime: Nanoseconds { 1_000_000_000 }

    /// The number of requests that were sent again.
    private(set) var repeats = 0
    private var transport: Transport
    private let shouldStop: () -> Bool
    private var hasResponded = false

    init(transport: Transport, shouldStop: @escaping () -> Bool) {
        self.transport = transport
        self.shouldStop = shouldStop
    }

    /// Sends the requests that `next` returns until it returns nil, `shouldStop` returns true or the API does not respond
    /// any more, and waits for those in flight.
    ///
    /// - Parameter onResponse: Called once for each request, with its final response. After a stop the outcome may be
    ///   ``TransportFailure/unfinished``.
    mutating func send(_ next: () -> (APIRequest, ResponseParts)?, onResponse: (APIResponse) -> Void) -> End {
        var free = Array((0..<transport.slots).reversed())
        var jobs: [Job?] = Array(repeating: nil, count: transport.slots)
        var delayed: [Job] = []
        var responses: [APIResponse] = []
        var (isExhausted, failuresInSequence) = (false, 0)
        var (pausedUntil, stopDeadline) = (Nanoseconds(0), Nanoseconds.max)
        var end = End.completed
        while true {
            let now = transport.now()
            if end == .completed {
                if shouldStop() { end = .stopped }
                if failuresInSequence >= Swift.max(transport.slots, 5) { end = .unresponsive }
                if end != .completed { stopDeadline = now + Self.stopTime }
            }
            while end == .completed, now >= pausedUntil, let slot = free.last {
                var job: Job
                if let index = delayed.firstIndex(where: { $0.due <= now }) {
                    job = delayed.remove(at: index)
                    repeats += 1
                } else if !isExhausted, let (request, parts) = next() {
                    job = Job(request: request, parts: parts)
                } else {
                    isExhausted = true
                    break
                }
                job.attempts += 1
                free.removeLast()
                transport.send(job.request, in: slot, keeping: job.parts)
                jobs[slot] = job
            }
            let isIdle = free.count == transport.slots
            if isIdle && (end != .completed || isExhausted && delayed.isEmpty) || now >= stopDeadline { break }

            let wakes = delayed.map(\.due) + [pausedUntil]
            let deadline = Swift.min(now + Self.stopCheckInterval, stopDeadline)
            transport.wait(until: wakes.filter { $0 > now }.reduce(deadline, Swift.min), into: &responses)
            for response in responses {
                guard var job = jobs[response.slot] else { continue }
                jobs[response.slot] = nil
                free.append(response.slot)
                if case .status = response.outcome {
                    (failuresInSequence, hasResponded) = (0, true)
                } else {
                    failuresInSequence += 1
                }
                guard response.isRepeatable, hasResponded, job.attempts < Self.maximumAttempts else {
                    onResponse(response)
                    continue
                }
                let backoff: Nanoseconds = 50_000_000 << UInt64(Swift.min(job.attempts, 6))
                job.due = response.finishedAt + (response.retryAfter ?? backoff)
                job.last = response
                delayed.append(job)
                if response.retryAfter != nil { pausedUntil = Swift.max(pausedUntil, job.due) }
            }
            responses.removeAll(keepingCapacity: true)
        }
        for job in delayed { job.last.map(onResponse) }
        for (slot, job) in jobs.enumerated() where job != nil {
            onResponse(APIResponse(slot: slot, outcome: .failure(.unfinished), finishedAt: transport.now()))
        }
        return end
    }

    /// Sends one request. Its outcome is ``TransportFailure/unfinished`` after a stop.
    mutating func response(to request: APIRequest, keeping parts: ResponseParts) -> APIResponse {
        var request: APIRequest? = request
        var last = APIResponse(slot: 0, outcome: .failure(.unfinished), finishedAt: 0)
        _ = send {
            defer { request = nil }
            return request.map { ($0, parts) }
        } onResponse: {
            last = $0
        }
        return last
    }
}

extension APIResponse {
    /// Whether the same request may succeed if it is sent again later.
    fileprivate var isRepeatable: Bool {
        switch outcome {
        case .status(429), .status(502), .status(503), .status(504): true
        case .failure(.connectionLost), .failure(.connect), .failure(.timeout): true
        default: false
        }
    }

    /// Whether it is unknown if the function processed the request.
    var isUnknown: Bool {
        switch outcome {
        case .failure(.connectionLost), .failure(.timeout), .failure(.unfinished): true
        // A gateway's time limit.
        case .status(504): true
        default: false
        }
    }
}
