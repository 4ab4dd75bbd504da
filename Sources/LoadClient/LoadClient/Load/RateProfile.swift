/// The target rate of an open loop over time: constant, or linear ramps from one rate to the next.
package struct RateProfile: Sendable {
    private struct Segment {
        /// Seconds.
        let start: Double
        let duration: Double
        /// Requests per second at the start and at the end.
        let from: Double
        let to: Double
        /// The number of requests that are due before the segment.
        let before: Double

        func count(after seconds: Double) -> Double {
            from * seconds + (from == to ? 0 : (to - from) / duration * seconds * seconds / 2)
        }

        /// The inverse of ``count(after:)``.
        func seconds(until count: Double) -> Double {
            let slope = from == to ? 0 : (to - from) / duration
            let denominator = from + max(from * from + 2 * slope * count, 0).squareRoot()
            return denominator == 0 ? 0 : 2 * count / denominator
        }
    }

    private let segments: [Segment]

    /// - Parameter rate: Requests per second.
    package init(constant rate: Double) {
        segments = [Segment(start: 0, duration: .infinity, from: rate, to: rate, before: 0)]
    }

    /// The first ramp starts at 0.
    package init(_ stages: [Stage]) {
        var segments: [Segment] = []
        var (start, from, before) = (0.0, 0.0, 0.0)
        for stage in stages {
            let segment = Segment(
                start: start, duration: stage.duration.seconds, from: from, to: stage.rate, before: before)
            segments.append(segment)
            start += segment.duration
            before += segment.count(after: segment.duration)
            from = stage.rate
        }
        self.segments = segments
    }

    /// When the integral of the rate reaches `count`; nil if it does not within 10⁹ seconds.
    func time(ofArrival count: Double) -> Nanoseconds? {
        for segment in segments {
            let local = count - segment.before
            if segment.duration.isFinite, local >= segment.count(after: segment.duration) { continue }
            let seconds = segment.start + segment.seconds(until: local)
            return seconds < 1e9 ? UInt64((seconds * 1e9).rounded()) : nil
        }
        return nil
    }

    /// The integral of the rate: the expected number of requests that are due by `time`.
    func count(until time: Nanoseconds) -> Double {
        var count = 0.0
        for segment in segments where segment.start <= time.seconds {
            count = segment.before + segment.count(after: min(time.seconds - segment.start, segment.duration))
        }
        return count
    }
}

/// A ramp of the target rate: `30s:500` changes it linearly to 500 requests per second within 30 seconds.
package struct Stage: Sendable, Equatable {
    package let duration: Nanoseconds
    /// Requests per second at the end.
    package let rate: Double

    /// Parses a comma-separated list of `TIME:RATE`.
    package static func list(_ text: String) throws(StageError) -> [Stage] {
        var stages: [Stage] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: ":", omittingEmptySubsequences: false)
            guard sides.count == 2, let duration = DurationParser.nanoseconds(in: String(sides[0])),
                duration >= 1_000_000, let rate = Double(sides[1]), (0...1_000_000).contains(rate)
            else { throw .malformed(String(part)) }
            stages.append(Stage(duration: duration, rate: rate))
        }
        guard stages.contains(where: { $0.rate > 0 }) else { throw .allRatesAreZero }
        return stages
    }
}

extension Stage: CustomStringConvertible {
    package var description: String { "\(NumberFormat.trimmed(duration.seconds))s:\(NumberFormat.trimmed(rate))" }
}

/// Why a string is not a list of stages.
package enum StageError: Error, CustomStringConvertible {
    case malformed(String)
    case allRatesAreZero

    package var description: String {
        switch self {
        case .malformed(let part):
            "'\(part)' must be TIME:RATE, such as 30s:500, with a time of at least 1ms and a rate from 0 to 1,000,000"
        case .allRatesAreZero: "at least one stage must have a rate greater than 0"
        }
    }
}
