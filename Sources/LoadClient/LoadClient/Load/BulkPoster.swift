/// Posts a number of generated haiku, as `post_many` of the textbook's client does.
package struct BulkPoster<Transport: LoadTransport> {
    package struct Result: Sendable {
        /// The number of posts that were sent and have ended. A repeated request counts once.
        package internal(set) var sent = 0
        /// The number of posts with the response status 201.
        package internal(set) var created = 0
        /// The number of posts without a response, or with a gateway's 504, whose haiku may exist.
        package internal(set) var unknown = 0
        /// The number of requests that were sent again, with the same idempotency key.
        package internal(set) var repeats = 0
        /// The number of posts that were not created, by error description.
        package internal(set) var errors: [String: Int] = [:]
        /// Whether the API stopped responding.
        package internal(set) var isUnresponsive = false
    }

    private let endpoint: Endpoint
    private var pipeline: RequestPipeline<Transport>
    private var generator: HaikuGenerator
    private var keys: IdempotencyKeys

    /// - Parameters:
    ///   - seed: Determines the haiku.
    ///   - run: A random number for the idempotency keys.
    package init(
        transport: Transport,
        endpoint: Endpoint,
        seed: UInt64,
        run: UInt64,
        shouldStop: @escaping () -> Bool = { false }
    ) {
        self.endpoint = endpoint
        pipeline = RequestPipeline(transport: transport, shouldStop: shouldStop)
        generator = HaikuGenerator(seed: seed)
        keys = IdempotencyKeys(run: run)
    }

    /// Posts `count` haiku, or fewer if `shouldStop` returns true or the API stops responding.
    ///
    /// - Parameter onProgress: Called with the number of posts that have ended.
    /// - Throws: ``RequestError`` if no connection can be established for the first request.
    package mutating func post(_ count: Int, onProgress: (Int) -> Void = { _ in }) throws(RequestError) -> Result {
        var result = Result()
        var remaining = count
        var unreachable: APIResponse?
        var (generator, keys) = (generator, keys)
        let end = pipeline.send {
            guard remaining > 0, unreachable == nil else { return nil }
            remaining -= 1
            return (.post(generator.next().json, key: keys.next()), .body)
        } onResponse: { response in
            if result.sent == 0, response.isUnreachable { unreachable = response }
            result.sent += 1
            if response.outcome == .status(201) {
                result.created += 1
            } else {
                result.errors[response.errorDescription, default: 0] += 1
                if response.isUnknown { result.unknown += 1 }
            }
            onProgress(result.sent)
        }
        (self.generator, self.keys) = (generator, keys)
        if let unreachable { throw RequestError(endpoint, "POST haiku", unreachable) }
        result.repeats = pipeline.repeats
        result.isUnresponsive = end == .unresponsive
        return result
    }
}

extension APIResponse {
    /// Whether no connection could be established.
    fileprivate var isUnreachable: Bool {
        switch outcome {
        case .failure(.nameLookup), .failure(.connect), .failure(.tls): true
        default: false
        }
    }
}
