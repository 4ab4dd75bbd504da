import Histogram

/// A distribution of durations, recorded in an HdrHistogram.
///
/// Its size does not depend on the number of the samples: 230 KB, and 8 KB more for each doubling beyond two minutes.
package struct LatencyDistribution: Sendable {
    /// In nanoseconds, to three significant digits. Empty until the first sample.
    private(set) var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    private var sum: UInt64 = 0
    private var smallest = Nanoseconds.max

    package init() {}

    @inline(__always)
    package mutating func record(_ time: Nanoseconds) {
        if histogram.totalCount == 0 { histogram = Histogram(durationsWithDigits: .three) }
        histogram.record(time)
        sum &+= time
        if time < smallest { smallest = time }
    }

    package mutating func add(_ other: LatencyDistribution) {
        if count == 0 { return self = other }
        histogram.add(other.histogram)
        sum &+= other.sum
        smallest = Swift.min(smallest, other.smallest)
    }

    package var count: Int { Int(histogram.totalCount) }
    /// The exact minimum; 0 if there are no samples.
    package var min: Nanoseconds { count == 0 ? 0 : smallest }
    /// The exact maximum; 0 if there are no samples.
    package var max: Nanoseconds { histogram.maxRecorded }
    /// The exact mean, rounded down; 0 if there are no samples.
    package var mean: Nanoseconds { count == 0 ? 0 : sum / UInt64(count) }

    /// The duration that `percent` of the samples do not exceed, to three significant digits; 0 if there are no samples.
    package func percentile(_ percent: Double) -> Nanoseconds {
        count == 0 ? 0 : histogram.valueAtPercentile(percent)
    }

    /// The recorded durations, to three significant digits, in ascending order with their counts.
    var counts: [(value: Nanoseconds, count: Int)] {
        histogram.recordedValues().map { ($0.value, Int($0.count)) }
    }

    /// The distribution in milliseconds, in the text format of HdrHistogram's plotter.
    package var hgrm: String {
        var text = ""
        histogram.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1e6)
        return text
    }
}

extension Histogram {
    /// Creates a histogram of nanoseconds that has room for more than a minute, and grows beyond that. Growing to the
    /// length of the first samples would take 30 ms, in which the requests that are due would be late.
    init(durationsWithDigits digits: SignificantDigits) {
        self.init(lowestDiscernibleValue: 1, highestTrackableValue: 1 << 36, numberOfSignificantValueDigits: digits)
        autoResize = true
    }
}
