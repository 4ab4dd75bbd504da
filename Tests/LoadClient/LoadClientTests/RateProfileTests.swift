import LoadClient
import Testing

struct RateProfileTests {
    private static func arrivals(_ stages: String, _ process: ArrivalProcess = .constant) throws -> [Double] {
        let profile = RateProfile(try Stage.list(stages))
        var arrivals = ArrivalTimes(profile: profile, process: process, start: 0, seed: 1)
        var times: [Double] = []
        while arrivals.next < .max {
            times.append(arrivals.next.seconds)
            arrivals.advance()
        }
        return times
    }

    @Test(arguments: [ArrivalProcess.constant, .poisson])
    func `the number of arrivals is the integral of the rate`(process: ArrivalProcess) throws {
        let times = try Self.arrivals("10s:50,30s:500,10s:0", process)
        #expect(times == times.sorted())
        func count(_ range: Range<Double>) -> Int { times.count { range.contains($0) } }
        // Four standard deviations of a Poisson process.
        func allowed(_ count: Int) -> Int { process == .constant ? 1 : 4 * Int(Double(count).squareRoot()) }
        for (range, expected) in [(0.0..<10.0, 250), (10..<40, 8250), (40..<50, 2500), (0..<5, 63)] {
            #expect(abs(count(range) - expected) <= allowed(expected), "\(range)")
        }
        #expect(count(50..<1000) == 0)
    }

    @Test
    func `a stage of rate zero has no arrivals except the first of the run, and later ones follow`() throws {
        let times = try Self.arrivals("1s:0,1s:10,1s:0")
        #expect(times.dropFirst().allSatisfy { $0 >= 1 })
        #expect(times.count == 10 || times.count == 11)
    }

    @Test(arguments: ["", "10s", "10s:", ":5", "10s:-1", "10s:5:5", "0s:5", "10s:nan", "10s:inf", "1s:5,", "1s:0"])
    func `invalid stages are rejected`(text: String) {
        #expect(throws: StageError.self) { try Stage.list(text) }
    }
}
