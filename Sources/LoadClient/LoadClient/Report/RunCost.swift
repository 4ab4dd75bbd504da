/// What a load test costs on AWS, with the parameters that the template has by default.
///
/// The model and the prices are those of docs/costs.md; a test compares the prices with infra/costs.json.
package struct RunCost: Sendable {
    /// US dollars.
    package let dollars: Double

    package static let source = "docs/costs.md, \(Prices.region), \(Prices.date)"

    /// - Parameters:
    ///   - requests: The number of requests, indexed by the raw value of ``Operation``.
    ///   - limit: The `limit` of the lists.
    package init(requests: [Int], limit: Int) {
        dollars = Operation.allCases.reduce(0) { sum, operation in
            sum + Double(requests[operation.rawValue]) * Self.ofMillion(operation, limit: limit) / 1e6
        }
    }

    /// The cost of `plan`, in which every haiku that is posted is deleted. In a closed loop, each request takes at least
    /// ``shortestResponse``.
    package init(of plan: LoadPlan, limit: Int) {
        let time = plan.warmup + plan.duration
        let rate = plan.meanRate(in: plan.duration) ?? Double(plan.concurrency) / Self.shortestResponse.seconds
        let weights = plan.mix.weights
        var requests = weights.map { rate * time.seconds * Double($0) / Double(weights.reduce(0, +)) }
        requests[Operation.delete.rawValue] = Swift.max(
            requests[Operation.delete.rawValue], requests[Operation.post.rawValue])
        self.init(requests: requests.map { Int($0) }, limit: limit)
    }

    /// A response from AWS within the region rarely takes less.
    private static let shortestResponse: Nanoseconds = 10_000_000

    /// The cost of a million requests in US dollars.
    package static func ofMillion(_ operation: Operation, limit: Int = 30) -> Double {
        let each =
            Prices.httpAPI + Prices.lambdaRequests
            + Prices.milliseconds * Prices.memoryGB * Prices.lambdaTime + Prices.logGB * Prices.logs
        guard operation == .get else {
            return each + Prices.writeUnits * Prices.writes + Prices.postGB * Prices.dataOut
        }
        let pages = Double(limit) / 30
        // Eventually consistent reads cost half a unit.
        return each + pages.rounded(.up) * Prices.readUnits * 0.5 * Prices.reads + pages * Prices.getGB * Prices.dataOut
    }

    /// The figures of infra/costs.json: US dollars a million requests, million units or GB, and what a million requests use.
    package enum Prices {
        package static let region = "ap-northeast-1"
        package static let date = "2025-12"
        package static let httpAPI = 1.29
        package static let lambdaRequests = 0.20
        /// For 1,000 GB-seconds.
        package static let lambdaTime = 0.0166667
        package static let writes = 0.715
        package static let reads = 0.1425
        package static let logs = 0.76
        package static let dataOut = 0.114

        /// Of an invocation.
        package static let milliseconds = 7.0
        package static let memoryGB = 0.25
        /// Of a post, and also of a like and of a deletion: the item and its index entry.
        package static let writeUnits = 2.0
        /// Of a page of 30.
        package static let readUnits = 4.0
        package static let getGB = 9.0
        package static let postGB = 0.4
        package static let logGB = 0.26
    }
}

extension RunCost: CustomStringConvertible {
    /// Rounded up to cents, so that no run seems to be free.
    package var description: String {
        "$" + NumberFormat.fixed((dollars * 100).rounded(.up) / 100, 2)
    }
}
