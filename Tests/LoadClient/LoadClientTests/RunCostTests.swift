import Foundation
import JSON
import LoadClient
import Testing

struct RunCostTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test
    func `the prices are those of costs.json`() throws {
        let url = Self.root.appendingPathComponent("infra/costs.json")
        let costs = try JSONValue(parsing: [UInt8](Data(contentsOf: url)))
        func price(_ name: String) -> Double? { costs["prices"]?[name]?["value"]?.number?.double }
        let system = try #require(costs["systems"]?.array?.first)
        func figure(_ name: String) -> Double? { system[name]?.number?.double }
        #expect(costs["region"]?.string == RunCost.Prices.region)
        #expect(costs["date"]?.string == RunCost.Prices.date)
        #expect(price("http_api") == RunCost.Prices.httpAPI)
        #expect(price("lambda_requests") == RunCost.Prices.lambdaRequests)
        #expect(price("lambda_time") == RunCost.Prices.lambdaTime)
        #expect(price("write_units") == RunCost.Prices.writes)
        #expect(price("read_units") == RunCost.Prices.reads)
        #expect(price("logs") == RunCost.Prices.logs)
        #expect(price("data_out") == RunCost.Prices.dataOut)
        #expect(figure("post_ms") == RunCost.Prices.milliseconds)
        #expect(figure("get_ms") == RunCost.Prices.milliseconds)
        #expect(figure("memory_gb") == RunCost.Prices.memoryGB)
        #expect(figure("write_units") == RunCost.Prices.writeUnits)
        #expect(figure("read_units") == RunCost.Prices.readUnits)
        #expect(figure("get_gb") == RunCost.Prices.getGB)
        #expect(costs["post_gb"]?.number?.double == RunCost.Prices.postGB)
    }

    @Test
    func `a million requests cost what the document says`() throws {
        let document = try String(contentsOf: Self.root.appendingPathComponent("docs/costs.md"), encoding: .utf8)
        for (operation, name) in [(LoadClient.Operation.post, "POST"), (.get, "GET")] {
            let table = try #require(document.range(of: "| 1 million \(name)s |"))
            let total = try #require(document[table.upperBound...].firstMatch(of: /\| \*\*[^|]* = ([0-9.]+)\*\* \|/)?.1)
            // The document adds figures that are rounded to cents.
            #expect(abs(RunCost.ofMillion(operation) - Double(total)!) < 0.02, "\(name)")
        }
    }

    @Test
    func `a longer page costs more, and the deletion of what was posted counts`() throws {
        #expect(RunCost.ofMillion(.get, limit: 300) > 3 * RunCost.ofMillion(.get))
        let oneMore = RunCost.ofMillion(.get, limit: 31) - RunCost.ofMillion(.get)
        #expect(
            oneMore > RunCost.Prices.readUnits * 0.5 * RunCost.Prices.reads, "a started page is read in whole units")
        var plan = LoadPlan()
        plan.rate = 1000
        plan.duration = 1000 * second
        plan.mix = try OperationMix("post=1")
        #expect(abs(RunCost(of: plan, limit: 30).dollars - 2 * RunCost.ofMillion(.post)) < 0.001)
    }

    @Test
    func `a cost is rounded up to cents`() {
        #expect(RunCost(requests: [1, 0, 0, 0], limit: 30).description == "$0.01")
    }
}
