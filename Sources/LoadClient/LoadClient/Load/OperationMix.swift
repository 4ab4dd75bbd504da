/// The relative frequencies of the operations: `get=70,post=20,like=9,delete=1`.
package struct OperationMix: Sendable {
    /// Indexed by the raw value of ``Operation``. The sum is greater than 0.
    package let weights: [Int]
    private let sum: UInt64

    /// Mostly reads.
    package static let `default` = OperationMix(weights: [70, 20, 9, 1])

    private init(weights: [Int]) {
        self.weights = weights
        sum = UInt64(weights.reduce(0, +))
    }

    /// Parses a comma-separated list of `NAME=WEIGHT`. Operations that are not named have the weight 0.
    package init(_ text: String) throws(OperationMixError) {
        var weights = Array(repeating: 0, count: Operation.allCases.count)
        var named: Set<Operation> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let operation = Operation(name: sides[0]), let weight = Int(sides[1]),
                (0...1_000_000).contains(weight)
            else { throw .malformed(String(part)) }
            guard named.insert(operation).inserted else { throw .repeated(operation) }
            weights[operation.rawValue] = weight
        }
        guard weights.contains(where: { $0 > 0 }) else { throw .allWeightsAreZero }
        self.init(weights: weights)
    }

    package func pick(using random: inout SplitMix64) -> Operation {
        var number = Int(random.next(upperBound: sum))
        for operation in Operation.allCases {
            number -= weights[operation.rawValue]
            if number < 0 { return operation }
        }
        return .get
    }

    func includes(_ operation: Operation) -> Bool { weights[operation.rawValue] > 0 }
}

extension OperationMix: CustomStringConvertible {
    /// The mix in the syntax that ``init(_:)`` parses.
    package var description: String {
        Operation.allCases.filter(includes).map { "\($0.name)=\(weights[$0.rawValue])" }.joined(separator: ",")
    }
}
