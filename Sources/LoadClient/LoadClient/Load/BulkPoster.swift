/// Posts a number of haiku, as the textbook's client does.
public struct BulkPoster<Transport: LoadTransport> {
    /// What became of the posts.
    public struct Result: Sendable {
        /// How many were sent, and have ended.
        public internal(set) var sent = 0
        /// How many of them were answered with 201.
        public internal(set) var created = 0
        /// What went wrong, in words, and how often.
        public internal(set) var errors: [String: Int] = [:]
    }

    private let endpoint: Endpoint
    private var batch: RequestPipeline<Transport>
    private var generator: HaikuGenerator

    /// Posts over `transport`, as many at once as it has slots, the haiku that follow from `seed`.
    public init(
        transport: Transport,
        endpoint: Endpoint,
        seed: UInt64,
        shouldStop: @escaping () -> Bool = { false }
    ) {
        self.endpoint = endpoint
        batch = RequestPipeline(transport: transport, shouldStop: shouldStop)
        generator = HaikuGenerator(seed: seed)
    }

    /// Posts `count` haiku, or fewer if it should stop; calls `onProgress` with how many are done.
    ///
    /// - Throws: ``EndpointFailure`` when the very first post finds nobody there.
    public mutating func post(_ count: Int, onProgress: (Int) -> Void = { _ in }) throws(EndpointFailure) -> Result {
        var result = Result()
        var left = count
        var unreachable: APIResponse?
        var generator = generator
        batch.send {
            guard left > 0, unreachable == nil else { return nil }
            left -= 1
            return (.post(generator.next().json), .body)
        } onReply: { reply in
            if result.sent == 0, reply.isUnreachable { unreachable = reply }
            result.sent += 1
            if reply.outcome == .status(201) {
                result.created += 1
            } else {
                result.errors[reply.errorWords, default: 0] += 1
            }
            onProgress(result.sent)
        }
        self.generator = generator
        if let unreachable { throw EndpointFailure(endpoint, "POST haiku", unreachable) }
        return result
    }
}

extension APIResponse {
    /// Whether there was nobody to talk to.
    fileprivate var isUnreachable: Bool {
        switch outcome {
        case .failure(.nameLookup), .failure(.connect), .failure(.tls): true
        default: false
        }
    }

    /// What went wrong, for people: the status and what the body says of it, or why there is no reply.
    var errorWords: String {
        switch outcome {
        case .status(let status): "status \(status)" + (HaikuList.description(in: body).map { " (\($0))" } ?? "")
        case .failure(let failure): failure.words
        }
    }
}
