import Foundation
import JSON
import LoadClient
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

struct ReportTests {
    /// A run of 1,000 posts with latencies from 1 ms to 1 s, of which the slowest 100 failed: 50 timed out, 50 were 503s.
    /// Its seconds are those of another run, of 4 s.
    private static func report(_ change: (inout LoadPlan) -> Void = { _ in }) -> LoadReport {
        var recorder = Recorder()
        for index in 1...1000 {
            var response = APIResponse(slot: 0, outcome: .status(201), finishedAt: Nanoseconds(index) * millisecond)
            if index > 900 { response.outcome = index > 950 ? .status(503) : .failure(.timeout) }
            response.phases.whole = response.finishedAt
            response.bytesReceived = 100
            recorder.record(.post, due: 0, response)
        }
        var plan = LoadPlan()
        plan.rate = 100
        plan.seed = 42
        change(&plan)
        let timeline = Timeline(workers: 1)
        let clock = SimulatedClock()
        var short = LoadPlan()
        short.rate = 50
        short.duration = 4 * second
        var worker = LoadWorker(
            short,
            SimulatedServer(slots: 5, clock: clock) { $0 + 2 * millisecond },
            clock,
            timeline: timeline
        )
        _ = worker.run()
        return LoadReport(
            endpoint: "http://127.0.0.1:8080/a&b/",
            plan: plan,
            recorder: recorder,
            measured: 10 * second,
            seconds: timeline.seconds,
            maxThreadUtilization: 0.1,
            isInterrupted: false
        )
    }

    @Test(arguments: [
        ("p99>200ms", true), ("p99>901ms", false), ("p50<=451ms", true), ("p50<400ms", false), ("errors>0.1%", true),
        ("errors>10%", false), ("errors>=10%", true), ("errors>99", true), ("errors>100", false), ("max>=900ms", true),
        ("max>901ms", false),
        ("min<1ms", false), ("mean>1s", false), ("mean > 400 ms", true), ("post.p90>200ms", true), ("rate<1000", true),
        ("goodput<91", true), ("goodput<90", false),
        ("post.errors>5%", true), ("p99.9>899ms", true), ("get.p50>1ms", true), ("get.errors>0", false),
    ])
    func `fail conditions are evaluated`(text: String, fails: Bool) throws {
        #expect((try FailCondition(text).failure(in: Self.report()) != nil) == fails)
    }

    @Test(arguments: [
        "", "p99", "p99>", "p99>200", "p99>200m s2", "p101>1ms", "q99>1ms", "errors>x", "errors>-1", "rate<1ms",
        "post.rate<5", "put.p99>1ms", "p99=1ms", ">1ms", "errors>1%%",
    ])
    func `an invalid condition is rejected`(text: String) {
        #expect(throws: FailConditionError.self) { try FailCondition(text) }
    }

    @Test
    func `the message of a failed condition contains the measured value`() throws {
        #expect(try FailCondition("errors>0.1%").failure(in: Self.report()) == "errors>0.1%: it was 10.0%")
        #expect(try FailCondition("max>100ms").failure(in: Self.report()) == "max>100ms: it was 900.0 ms")
        #expect(
            try FailCondition("like.p50>1ms").failure(in: Self.report())
                == "like.p50>1ms: no successful request to measure"
        )
    }

    @Test
    func `the text contains the results in lines of at most 80 characters`() {
        let text = Self.report().text
        for expected in [
            "1,000 in 10 s", "status 503: 50", "timed out: 50", "201: 900", "100.0 kB received", "whole",
            "p99.9", "post",
        ] { #expect(text.contains(expected), "\(expected)") }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test
    func `the JSON contains the results`() throws {
        let json = try JSONValue(parsing: Self.report().json)
        #expect(json["requests"]?.int == 1000)
        #expect(json["errors"]?.int == 100)
        #expect(json["rate_asked"]?.int == 100)
        #expect(json["statuses"]?["503"]?.int == 50)
        #expect(json["error_kinds"]?["timed out"]?.int == 50)
        #expect(json["latency_ms"]?["all"]?["count"]?.int == 900)
        #expect(json["latency_ms"]?["post"]?["max"]?.int == 900)
        let median = try #require(json["latency_ms"]?["all"]?["p50"]?.number?.double)
        #expect(abs(median - 450) < 0.6)
        #expect(json["other_latency_ms"]?["rejected"]?["min"]?.int == 951)
        #expect(json["other_latency_ms"]?["failed"]?["count"]?.int == 50)
        #expect(json["schema_version"]?.int == 2)
        let histogram = try #require(json["histograms_ms"]?["post"]?.array)
        #expect(histogram.compactMap { $0.array?.last?.int }.reduce(0, +) == 900)
        #expect(json["seconds"]?.array?.count == 4)
        #expect(json["mix"]?["get"]?.int == 70)
    }

    @Test
    func `a closed loop has no target rate`() throws {
        let report = Self.report { $0.rate = nil }
        #expect(try JSONValue(parsing: report.json)["rate_asked"] == .null)
        #expect(report.shortfall == nil)
    }

    @Test
    func `the SVG is well-formed and its axes have units`() {
        let svg = Self.report().svg
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        for expected in [
            "time, s", "requests/s", ">ms<", "percentile of the successful requests", "a&amp;b", "p99", "errors",
        ] {
            #expect(svg.contains(expected), "\(expected)")
        }
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test
    func `a report without requests is valid`() throws {
        let report = LoadReport(
            endpoint: "http://h/",
            plan: LoadPlan(),
            recorder: Recorder(),
            measured: 0,
            seconds: [],
            maxThreadUtilization: 0,
            isInterrupted: true
        )
        #expect(report.text.contains("0 in 0 ms"))
        #expect(try JSONValue(parsing: report.json)["interrupted"]?.bool == true)
        #expect(XMLParser(data: Data(report.svg.utf8)).parse())
    }
}
