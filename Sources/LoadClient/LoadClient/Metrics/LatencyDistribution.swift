public import Histogram

/// How long something took, over and over: every sample counted, none kept (HdrHistogram).
///
/// Its size follows from the range of the samples, not from their number: at most 300 KB up to an hour.
public struct LatencyDistribution: Sendable {
    /// Samples in nanoseconds, to three significant digits.
    public private(set) var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    private var sum: UInt64 = 0
    private var smallest = Nanoseconds.max

    /// No samples.
    public init() {}

    /// Counts a sample.
    @inline(__always)
    public mutating func record(_ time: Nanoseconds) {
        histogram.record(time)
        sum &+= time
        if time < smallest { smallest = time }
    }

    /// Counts all samples of `other` too.
    public mutating func add(_ other: LatencyDistribution) {
        histogram.add(other.histogram)
        sum &+= other.sum
        smallest = Swift.min(smallest, other.smallest)
    }

    /// How many samples there are.
    public var count: Int { Int(histogram.totalCount) }
    /// The least, exactly; 0 when there is none.
    public var min: Nanoseconds { count == 0 ? 0 : smallest }
    /// The greatest, exactly; 0 when there is none.
    public var max: Nanoseconds { histogram.maxRecorded }
    /// The mean, exactly, rounded down; 0 when there is none.
    public var mean: Nanoseconds { count == 0 ? 0 : sum / UInt64(count) }

    /// The time that `percent` of the samples do not exceed, to three significant digits; 0 when there is none.
    public func percentile(_ percent: Double) -> Nanoseconds {
        count == 0 ? 0 : histogram.valueAtPercentile(percent)
    }

    /// The distribution in HdrHistogram's text format, in milliseconds, as its plotter reads it.
    public var hgrm: String {
        var text = ""
        histogram.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1e6)
        return text
    }
}
