/// The measurements of a run, of one worker or merged from several.
package struct Recorder: Sendable {
    /// The latency of the successful requests by operation, from the time when a request was due to the end of its response.
    package private(set) var operations = Array(repeating: LatencyDistribution(), count: Operation.allCases.count)
    /// The latency of responses with the status 429 or 503.
    package private(set) var rejected = LatencyDistribution()
    /// The latency of all other failed requests that were sent; without a response, the time until they failed or were
    /// abandoned.
    package private(set) var failed = LatencyDistribution()
    /// How long the requests that were never sent had been due.
    package private(set) var unsent = LatencyDistribution()
    /// The time from when a request was due, and a connection free, to when it was sent: the client's own delay.
    package internal(set) var lag = LatencyDistribution()
    /// The latency of the requests that were cold starts, by operation.
    package private(set) var coldStarts = Array(repeating: LatencyDistribution(), count: Operation.allCases.count)
    /// How long the functions were initialized in cold starts, by operation.
    package private(set) var initDurations = Array(repeating: LatencyDistribution(), count: Operation.allCases.count)
    private(set) var phases = Array(repeating: LatencyDistribution(), count: Phase.allCases.count)
    /// The number of responses by status.
    package private(set) var statuses: [Int: Int] = [:]
    /// The number of requests without a response by reason.
    package private(set) var failures: [TransportFailure: Int] = [:]
    /// The number of requests that were due, by operation, including those never sent.
    package private(set) var requests = Array(repeating: 0, count: Operation.allCases.count)
    /// The number of requests that were sent by operation, including the warm-up.
    package internal(set) var sent = Array(repeating: 0, count: Operation.allCases.count)
    /// The number of failed requests by operation: without a response, or with a status other than 2xx.
    private(set) var errors = Array(repeating: 0, count: Operation.allCases.count)
    /// Bytes received, including the headers.
    private(set) var bytesReceived = 0
    /// Bytes sent, including the headers.
    private(set) var bytesSent = 0
    /// The number of measured requests that were sent before the end of the measurement.
    package internal(set) var sentInTime = 0
    /// The number of likes and deletes that were replaced by posts because no haiku was available.
    package internal(set) var replacedByPosts = 0

    package init() {}

    package mutating func record(_ operation: Operation, due: Nanoseconds, _ response: APIResponse) {
        let time = response.finishedAt - Swift.min(due, response.finishedAt)
        requests[operation.rawValue] += 1
        if !response.isSuccess { errors[operation.rawValue] += 1 }
        bytesReceived += response.bytesReceived
        bytesSent += response.bytesSent
        switch response.outcome {
        case .status(let status):
            statuses[status, default: 0] += 1
            if response.isSuccess {
                operations[operation.rawValue].record(time)
            } else if response.isRejection {
                rejected.record(time)
            } else {
                failed.record(time)
            }
            record(response.phases)
            if let initDuration = response.initDuration {
                coldStarts[operation.rawValue].record(time)
                initDurations[operation.rawValue].record(initDuration)
            }
        case .failure(let failure):
            failures[failure, default: 0] += 1
            if failure == .notSent { unsent.record(time) } else { failed.record(time) }
        }
    }

    /// Records a request that was abandoned at `now`, before it was sent or got a response.
    mutating func record(
        _ operation: Operation,
        due: Nanoseconds,
        abandoned failure: TransportFailure,
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

    mutating func add(_ other: Recorder) {
        for index in operations.indices {
            operations[index].add(other.operations[index])
            coldStarts[index].add(other.coldStarts[index])
            initDurations[index].add(other.initDurations[index])
            requests[index] += other.requests[index]
            errors[index] += other.errors[index]
            sent[index] += other.sent[index]
        }
        for index in phases.indices { phases[index].add(other.phases[index]) }
        rejected.add(other.rejected)
        failed.add(other.failed)
        unsent.add(other.unsent)
        lag.add(other.lag)
        statuses.merge(other.statuses, uniquingKeysWith: +)
        failures.merge(other.failures, uniquingKeysWith: +)
        bytesReceived += other.bytesReceived
        bytesSent += other.bytesSent
        sentInTime += other.sentInTime
        replacedByPosts += other.replacedByPosts
    }

    /// The latency of all successful requests.
    package var all: LatencyDistribution {
        operations.reduce(into: LatencyDistribution()) { $0.add($1) }
    }
}
