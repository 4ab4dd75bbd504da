/// Posts a number of generated haiku, as `post_many` of the textbook's client does.
package struct BulkPoster<Transport: LoadTransport> {
    package struct Result: Sendable {
        /// The number of requests that were sent and have ended.
        package internal(set) var sent = 0
        /// The number of requests with the response status 201.
        package internal(set) var created = 0
        /// The number of other requests by error description.
        package internal(set) var errors: [String: Int] = [:]
    }

    private let endpoint: Endpoint
    private var pipeline: RequestPipeline<Transport>
    private var generator: HaikuGenerator

    package init(
        transport: Transport,
        endpoint: Endpoint,
        seed: UInt64,
        shouldStop: @escaping () -> Bool = { false }
    ) {
        self.endpoint = endpoint
        pipeline = RequestPipeline(transport: transport, shouldStop: shouldStop)
        generator = HaikuGenerator(seed: seed)
    }

    /// Posts `count` haiku, or fewer if `shouldStop` returns true.
    ///
    /// - Parameter onProgress: Called with the number of requests that have ended.
    /// - Throws: ``RequestError`` if no connection can be established for the first request.
    package mutating func post(_ count: Int, onProgress: (Int) -> Void = { _ in }) throws(RequestError) -> Result {
        var result = Result()
        var remaining = count
        var unreachable: APIResponse?
        var generator = generator
        pipeline.send {
            guard remaining > 0, unreachable == nil else { return nil }
            remaining -= 1
            return (.post(generator.next().json), .body)
        } onResponse: { response in
            if result.sent == 0, response.isUnreachable { unreachable = response }
            result.sent += 1
            if response.outcome == .status(201) {
                result.created += 1
            } else {
                result.errors[response.errorDescription, default: 0] += 1
            }
            onProgress(result.sent)
        }
        self.generator = generator
        if let unreachable { throw RequestError(endpoint, "POST haiku", unreachable) }
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
