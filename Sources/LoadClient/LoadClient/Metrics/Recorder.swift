/// The phases of a request, as they are reported.
public enum Phase: Int, CaseIterable, Sendable {
    /// From the host's name to its address, on new connections.
    case nameLookup
    /// TCP's handshake, on new connections.
    case connect
    /// TLS's handshake, on new connections.
    case tls
    /// From the request being sent to the first byte of the reply.
    case firstByte
    /// From the request being sent, connecting included, to the last byte of the reply.
    case whole

    /// Its name in a report.
    public var name: String {
        switch self {
        case .nameLookup: "name lookup"
        case .connect: "connect"
        case .tls: "TLS"
        case .firstByte: "first byte"
        case .whole: "whole"
        }
    }
}

/// Everything that is counted in a run, by one worker or, merged, by all.
public struct Recorder: Sendable {
    /// By operation, from the moment a request was due to the end of its reply. A request without a reply counts only
    /// if it was given up: its time is known to be at least as long.
    public private(set) var operations = Array(repeating: LatencyDistribution(), count: Operation.allCases.count)
    /// By phase.
    public private(set) var phases = Array(repeating: LatencyDistribution(), count: Phase.allCases.count)
    /// How many replies had each status.
    public private(set) var statuses: [Int: Int] = [:]
    /// How many requests had no reply, by the reason.
    public private(set) var failures: [TransportFailure: Int] = [:]
    /// How many requests of each operation there were.
    public private(set) var requests = Array(repeating: 0, count: Operation.allCases.count)
    /// How many of them ended in an error: no reply, or a status that is not 2xx.
    public private(set) var errors = Array(repeating: 0, count: Operation.allCases.count)
    /// Bytes of the replies, headers included.
    public private(set) var bytesReceived = 0
    /// Bytes of the requests, headers included.
    public private(set) var bytesSent = 0
    /// Requests that were sent before the end of the run.
    public internal(set) var sentInTime = 0
    /// Likes and deletes that became posts, since there was no haiku for them.
    public internal(set) var replaced = 0

    /// Nothing yet.
    public init() {}

    /// Counts a request of `operation` that was due at `due` and what became of it.
    public mutating func record(_ operation: Operation, due: Nanoseconds, _ reply: APIResponse) {
        let time = reply.finishedAt - Swift.min(due, reply.finishedAt)
        requests[operation.rawValue] += 1
        if !reply.isSuccess { errors[operation.rawValue] += 1 }
        bytesReceived += reply.bytesReceived
        bytesSent += reply.bytesSent
        switch reply.outcome {
        case .status(let status):
            statuses[status, default: 0] += 1
            operations[operation.rawValue].record(time)
            record(reply.phases)
        case .failure(let failure):
            failures[failure, default: 0] += 1
            if failure.isGivenUp { operations[operation.rawValue].record(time) }
        }
    }

    /// Counts a request that was due at `due` and has no reply at `now`, nor will have one.
    mutating func record(
        _ operation: Operation,
        due: Nanoseconds,
        givenUp failure: TransportFailure,
        at now: Nanoseconds
    ) {
        record(operation, due: due, APIResponse(slot: 0, outcome: .failure(failure), finishedAt: now))
    }

    private mutating func record(_ times: PhaseTimes) {
        if let time = times.nameLookup { phases[Phase.nameLookup.rawValue].record(time) }
        if let time = times.connect { phases[Phase.connect.rawValue].record(time) }
        if let time = times.tls { phases[Phase.tls.rawValue].record(time) }
        if let time = times.firstByte { phases[Phase.firstByte.rawValue].record(time) }
        phases[Phase.whole.rawValue].record(times.whole)
    }

    /// Counts all that `other` has counted too.
    public mutating func add(_ other: Recorder) {
        for index in operations.indices {
            operations[index].add(other.operations[index])
            requests[index] += other.requests[index]
            errors[index] += other.errors[index]
        }
        for index in phases.indices { phases[index].add(other.phases[index]) }
        statuses.merge(other.statuses, uniquingKeysWith: +)
        failures.merge(other.failures, uniquingKeysWith: +)
        bytesReceived += other.bytesReceived
        bytesSent += other.bytesSent
        sentInTime += other.sentInTime
        replaced += other.replaced
    }

    /// All operations together.
    public var all: LatencyDistribution {
        operations.reduce(into: LatencyDistribution()) { $0.add($1) }
    }
}

extension TransportFailure {
    /// Whether waiting longer might have brought a reply.
    fileprivate var isGivenUp: Bool {
        switch self {
        case .timeout, .notSent, .unfinished: true
        case .nameLookup, .connect, .tls, .connectionLost, .other: false
        }
    }
}
