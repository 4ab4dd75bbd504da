import Foundation
import LoadClient
import Testing

struct MetricsTests {
    /// Latencies of several orders of magnitude, as of a server that is usually fast and sometimes slow.
    private static func samples(_ count: Int, seed: UInt64) -> [Nanoseconds] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            let usual = 300_000 * exp(2 * random.nextUnit())
            return Nanoseconds(random.nextUnit() < 0.02 ? usual * 1000 * random.nextUnit() : usual) + 1
        }
    }

    @Test(arguments: [1 as UInt64, 2, 3], [1, 10, 999, 20_000])
    func `percentiles match a sorted list within 0.1 percent`(seed: UInt64, count: Int) {
        let samples = Self.samples(count, seed: seed)
        var times = LatencyDistribution()
        samples.forEach { times.record($0) }
        let sorted = samples.sorted()
        for basisPoints in [0, 1000, 5000, 9000, 9900, 9990, 9999, 10_000] {
            let percent = Double(basisPoints) / 100
            // The smallest sample that at least this share of all samples does not exceed.
            let rank = max((basisPoints * count + 9999) / 10_000, 1)
            let exact = Double(sorted[rank - 1])
            #expect(abs(Double(times.percentile(percent)) - exact) <= exact / 1000, "p\(percent)")
        }
        #expect(times.min == sorted.first)
        #expect(times.max == sorted.last)
        #expect(times.mean == sorted.reduce(0, +) / UInt64(count))
        #expect(times.count == count)
    }

    @Test
    func `a merged distribution equals one that recorded all samples`() {
        let samples = Self.samples(5000, seed: 4)
        var (one, left, right) = (LatencyDistribution(), LatencyDistribution(), LatencyDistribution())
        for (index, sample) in samples.enumerated() {
            one.record(sample)
            if index % 3 == 0 { left.record(sample) } else { right.record(sample) }
        }
        left.add(right)
        #expect(left.hgrm == one.hgrm)
        #expect((left.min, left.mean, left.max) == (one.min, one.mean, one.max))
    }

    @Test
    func `an empty distribution has zero values`() {
        let times = LatencyDistribution()
        #expect((times.count, times.min, times.mean, times.max, times.percentile(99)) == (0, 0, 0, 0, 0))
    }

    @Test
    func `the hgrm format is the one of the HdrHistogram plotter`() throws {
        var times = LatencyDistribution()
        for sample in 1...10_000 { times.record(Nanoseconds(sample) * 1000) }
        let lines = times.hgrm.split(separator: "\n")
        #expect(lines[0].split(separator: " ") == ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"])
        let rows = lines.dropFirst().filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map { Double($0) } }
        let numbers = try rows.map { try $0.map { try #require($0) } }
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0[0] <= $1[0] && $0[1] <= $1[1] && $0[2] <= $1[2] })
        let median = try #require(numbers.first { $0[1] >= 0.5 })
        #expect(abs(median[0] - 5) < 0.01)
        #expect(numbers.last?[2] == 10_000)
        #expect(lines.contains { $0.hasPrefix("#[Max     =") && $0.contains("Total count    =        10000]") })
    }

    /// In a separate process, because concurrent tests allocate memory as well.
    @Test
    func `a load test of an hour takes less than 50 MB`() async {
        await #expect(processExitsWith: .success) {
            // Memory grows with the seconds and with the range of the latencies, but not with the number of samples.
            let requestsPerSecond = 50
            let before = Self.residentBytes()
            let timeline = Timeline(workers: 1)
            let clock = SimulatedClock()
            var random = SplitMix64(seed: 1)
            // Latencies of several orders of magnitude, below two intervals between requests.
            let server = SimulatedServer(slots: 1, clock: clock) { sentAt in
                sentAt + Nanoseconds(500 * exp(random.nextUnit() * 18.6))
                    % (2 * second / Nanoseconds(requestsPerSecond))
            }
            var plan = LoadPlan()
            plan.rate = Double(requestsPerSecond)
            plan.arrivalProcess = .constant
            plan.duration = 3600 * second
            plan.concurrency = 1
            server.recordsRequests = false
            var worker = LoadWorker(plan, server, clock, timeline: timeline)
            let (recorder, _) = worker.run()
            #expect(recorder.requests.reduce(0, +) >= 3600 * requestsPerSecond)
            #expect(timeline.seconds.count >= 3600)
            #expect(Self.residentBytes() - before < 50_000_000)
            withExtendedLifetime(recorder) {}
        }
    }

    /// The resident set size of this process.
    private static func residentBytes() -> Int {
        let statm = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
