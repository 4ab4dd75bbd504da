/// A request to the API.
public enum APIRequest: Sendable, Equatable {
    /// `GET haiku?limit=…`, with the limit of the transport's settings.
    case list
    /// `GET` of an absolute URL: a page that a `Link` led to.
    case page(String)
    /// `POST haiku` with this body, JSON.
    case post([UInt8])
    /// `PATCH haiku/{item_id}`.
    case like(ItemID)
    /// `DELETE haiku/{item_id}`.
    case delete(ItemID)
}

/// What the caller wants to see of a reply, beyond its status and its times.
public struct ResponseParts: OptionSet, Sendable {
    /// The set as bits.
    public let rawValue: UInt8

    /// A set of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The body.
    public static let body = ResponseParts(rawValue: 1)
    /// `Location` and `Link`.
    public static let headers = ResponseParts(rawValue: 2)
}

/// What became of a request.
public struct APIResponse: Sendable {
    /// How it ended.
    public enum Outcome: Sendable, Equatable {
        /// A whole reply with this HTTP status.
        case status(Int)
        /// No reply, or not all of it.
        case failure(TransportFailure)
    }

    /// The slot it was sent in.
    public var slot: Int
    /// How it ended.
    public var outcome: Outcome
    /// When it ended, by the transport's clock.
    public var finishedAt: Nanoseconds
    /// How long its phases took.
    public var phases = PhaseTimes()
    /// Bytes of the reply, headers included, as they came over the connection.
    public var bytesReceived = 0
    /// Bytes of the request, headers included.
    public var bytesSent = 0
    /// The body; empty unless ``ReplyParts/body`` was wanted.
    public var body: [UInt8] = []
    /// The haiku that `Location` leads to; nil unless ``ReplyParts/headers`` was wanted.
    public var itemID: ItemID?
    /// `Link`; nil unless ``ReplyParts/headers`` was wanted.
    public var link: String?
    /// The transport's own words for a failure.
    public var message: String?

    /// A reply of which nothing else is known.
    public init(slot: Int, outcome: Outcome, finishedAt: Nanoseconds) {
        self.slot = slot
        self.outcome = outcome
        self.finishedAt = finishedAt
    }

    /// Whether it is a 2xx status.
    public var isSuccess: Bool {
        if case .status(200..<300) = outcome { true } else { false }
    }
}

/// How long the phases of one request took, in nanoseconds.
public struct PhaseTimes: Sendable, Equatable {
    /// From the host's name to its address; nil on a kept connection.
    public var nameLookup: Nanoseconds?
    /// TCP's handshake; nil on a kept connection.
    public var connect: Nanoseconds?
    /// TLS's handshake; nil on a kept connection and without TLS.
    public var tls: Nanoseconds?
    /// From the request being sent to the first byte of the reply; nil when none came.
    public var firstByte: Nanoseconds?
    /// From the start, connecting included, to the last byte of the reply.
    public var whole: Nanoseconds = 0

    /// No times.
    public init() {}
}

/// Why there was no reply.
public enum TransportFailure: Int, CaseIterable, Sendable {
    /// The host's name has no address.
    case nameLookup
    /// No connection could be made.
    case connect
    /// TLS's handshake failed, or the certificate is not trusted.
    case tls
    /// The reply was not there in time.
    case timeout
    /// The connection broke before the reply was complete.
    case connectionLost
    /// Anything else.
    case other
    /// The request was due, but could not be sent before the end of the run.
    case notSent
    /// The reply was not there when the run was interrupted.
    case unfinished

    /// The kind in words.
    public var words: String {
        switch self {
        case .nameLookup: "name lookup failed"
        case .connect: "cannot connect"
        case .tls: "TLS failed"
        case .timeout: "timed out"
        case .connectionLost: "connection lost"
        case .other: "other failure"
        case .notSent: "not sent"
        case .unfinished: "unfinished"
        }
    }
}
