import Glibc
import Histogram

extension LatencyDistribution {
    /// How many samples lie between two times.
    struct Bin: Equatable {
        let low: Nanoseconds
        let high: Nanoseconds
        let count: Int
    }

    /// The samples in bins that grow with the times, so many for each doubling of them, from that of the least sample to
    /// that of the greatest.
    func bins(perDoubling: Double) -> [Bin] {
        guard count > 0 else { return [] }
        // Powers of the step, counted from a microsecond, so that the bounds do not depend on the samples.
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

    /// The percentile curve: time by percentile, at points that lie the closer the nearer 100 % is.
    var curve: [(percent: Double, time: Nanoseconds)] {
        guard count > 0 else { return [] }
        var points: [(percent: Double, time: Nanoseconds)] = []
        var share = 1.0
        // As far as there is more than one sample beyond.
        while share * Double(count) > 1, points.count < 400 {
            points.append((100 * (1 - share), percentile(100 * (1 - share))))
            share /= 1.1
        }
        points.append((100 * (1 - 1 / Double(count + 1)), max))
        return points
    }
}
