import Foundation
import LoadClient
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

struct ReportComparisonTests {
    /// The report of a simulated run, whose latencies are drawn between `milliseconds` and twice that.
    private static func report(_ milliseconds: Double, seed: UInt64, seconds: UInt64 = 20) throws -> SavedReport {
        let clock = SimulatedClock()
        var random = SplitMix64(seed: seed)
        let server = SimulatedServer(slots: 20, clock: clock) {
            $0 + Nanoseconds(milliseconds * (1 + random.nextUnit()) * 1e6)
        }
        var plan = LoadPlan()
        plan.rate = 100
        plan.duration = seconds * second
        plan.concurrency = 20
        plan.seed = seed
        let timeline = Timeline(workers: 1)
        var worker = LoadWorker(plan, server, clock, timeline: timeline)
        let (recorder, measured) = worker.run()
        let report = LoadReport(
            endpoint: "http://h/",
            plan: plan,
            recorder: recorder,
            measured: measured,
            seconds: timeline.seconds,
            maxThreadUtilization: 0,
            isInterrupted: false
        )
        return try SavedReport(name: "\(seed).json", json: report.json)
    }

    private static func verdict(_ name: String, _ a: SavedReport, _ b: SavedReport) throws -> ReportComparison.Verdict {
        try #require(ReportComparison(a, b).rows.first { $0.name == name }).verdict
    }

    @Test
    func `a shorter latency is better and a longer one is worse`() throws {
        let (fast, slow) = (try Self.report(10, seed: 1), try Self.report(12, seed: 2))
        #expect(try Self.verdict("p50 ms", slow, fast) == .better)
        #expect(try Self.verdict("p50 ms", fast, slow) == .worse)
        #expect(try Self.verdict("errors %", fast, slow) == .same)
    }

    @Test
    func `runs of the same server differ by noise only`() throws {
        var differences = 0
        for seed in 0..<20 as Range<UInt64> {
            let (a, b) = (try Self.report(10, seed: 2 * seed + 1), try Self.report(10, seed: 2 * seed + 2))
            if try Self.verdict("p50 ms", a, b) != .same { differences += 1 }
        }
        // One in twenty is expected.
        #expect(differences <= 5)
    }

    @Test
    func `runs of a few seconds are too short`() throws {
        let (a, b) = (try Self.report(10, seed: 1, seconds: 4), try Self.report(90, seed: 2, seconds: 4))
        #expect(try Self.verdict("p50 ms", a, b) == .tooShort)
    }

    @Test
    func `the text fits 80 columns and the SVG is well-formed`() throws {
        let comparison = ReportComparison(try Self.report(10, seed: 1), try Self.report(12, seed: 2))
        #expect(comparison.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(comparison.text.contains("worse"))
        #expect(XMLParser(data: Data(comparison.svg.utf8)).parse())
        #expect(!comparison.svg.contains("nan") && !comparison.svg.contains("inf"))
    }

    @Test(arguments: ["", "{}", "[]", #"{"schema_version":1}"#, #"{"schema_version":2}"#])
    func `a file that is not a report is rejected`(json: String) {
        #expect(throws: SavedReportError.self) { try SavedReport(name: "x.json", json: Array(json.utf8)) }
    }
}
