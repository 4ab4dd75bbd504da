/// The outcome of a request, and the parts of its response that were to be kept.
package struct APIResponse: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// A complete response with this HTTP status.
        case status(Int)
        case failure(TransportFailure)
    }

    /// The slot in which the request was sent.
    package let slot: Int
    package var outcome: Outcome
    /// When the request ended, by the transport's clock.
    package var finishedAt: Nanoseconds
    package var phases = PhaseTimes()
    /// Bytes received, including the headers.
    package var bytesReceived = 0
    /// Bytes sent, including the headers.
    var bytesSent = 0
    /// Empty unless ``ResponseParts/body`` was requested.
    package var body: [UInt8] = []
    /// The id in `Location`; nil unless ``ResponseParts/headers`` was requested.
    package var itemID: ItemID?
    /// The value of `Link`; nil unless ``ResponseParts/headers`` was requested.
    package var link: String?
    /// The value of `Location`; nil if there is none, or if the transport did not keep it.
    var location: String?
    /// The time in `Retry-After`; nil if there is none.
    package var retryAfter: Nanoseconds?
    /// How long the function was initialized before it processed the request, from `Server-Timing: init;dur=…`; nil unless
    /// this was a cold start.
    package var initDuration: Nanoseconds?
    /// The transport's description of a failure.
    var failureMessage: String?

    package init(slot: Int, outcome: Outcome, finishedAt: Nanoseconds) {
        self.slot = slot
        self.outcome = outcome
        self.finishedAt = finishedAt
    }

    /// Whether the status is 2xx.
    var isSuccess: Bool {
        if case .status(200..<300) = outcome { true } else { false }
    }

    /// Whether the status is one of overload: 429 or 503.
    var isRejection: Bool { outcome == .status(429) || outcome == .status(503) }

    /// The status with the error description in the body, or the reason why there is no response.
    var errorDescription: String {
        switch outcome {
        case .status(let status): "status \(status)" + (HaikuList.errorDescription(in: body).map { " (\($0))" } ?? "")
        case .failure(let failure): failure.description
        }
    }
}
