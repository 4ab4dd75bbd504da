import Glibc
import Histogram

extension LatencyDistribution {
    struct Bin {
        let low: Nanoseconds
        let high: Nanoseconds
        let count: Int
    }

    /// The number of samples in bins of exponentially growing width, from the bin of the minimum to that of the maximum.
    ///
    /// - Parameter perDoubling: The number of bins from any duration to twice that duration.
    func bins(perDoubling: Double) -> [Bin] {
        guard count > 0 else { return [] }
        // Bounds are counted from 1 µs, so that they do not depend on the samples.
        func index(_ time: Nanoseconds) -> Int {
            Int((log2(Double(Swift.max(time, 1)) / 1000) * perDoubling).rounded(.down))
        }
        func bound(_ index: Int) -> Nanoseconds { UInt64((1000 * exp2(Double(index) / perDoubling)).rounded()) }
        let first = index(min)
        var counts = Array(repeating: 0, count: index(max) - first + 1)
        for value in histogram.recordedValues() {
            let bin = index(Swift.min(Swift.max(value.value, min), max)) - first
            counts[Swift.min(Swift.max(bin, 0), counts.count - 1)] += Int(value.count)
        }
        return counts.enumerated().map {
            Bin(low: bound(first + $0.offset), high: bound(first + $0.offset + 1), count: $0.element)
        }
    }

    /// The duration by percentile, at points that get denser towards 100 %.
    var curve: [(percent: Double, time: Nanoseconds)] {
        guard count > 0 else { return [] }
        var points: [(percent: Double, time: Nanoseconds)] = []
        var remainder = 1.0
        // Until at most one sample lies beyond the point.
        while remainder * Double(count) > 1, points.count < 400 {
            points.append((100 * (1 - remainder), percentile(100 * (1 - remainder))))
            remainder /= 1.1
        }
        points.append((100 * (1 - 1 / Double(count + 1)), max))
        return points
    }
}
