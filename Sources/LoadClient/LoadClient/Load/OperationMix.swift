/// How often each operation is done: `get=70,post=20,like=9,delete=1`.
public struct OperationMix: Sendable, Equatable {
    /// The weights in the order of ``Operation``; their sum is more than 0.
    public let weights: [Int]
    private let sum: UInt64

    /// What the site sees by day: mostly reading.
    public static let usual = OperationMix(weights: [70, 20, 9, 1])

    private init(weights: [Int]) {
        self.weights = weights
        sum = UInt64(weights.reduce(0, +))
    }

    /// Reads `NAME=WEIGHT` parts separated by commas; operations that are not named are not done.
    ///
    /// - Throws: ``MixError``.
    public init(_ text: String) throws(MixError) {
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
        guard weights.contains(where: { $0 > 0 }) else { throw .nothing }
        self.init(weights: weights)
    }

    /// The next operation, at random.
    public func pick(using random: inout SplitMix64) -> Operation {
        var ticket = Int(random.next(upperBound: sum))
        for operation in Operation.allCases {
            ticket -= weights[operation.rawValue]
            if ticket < 0 { return operation }
        }
        return .get
    }

    /// Whether `operation` is ever done.
    public func includes(_ operation: Operation) -> Bool { weights[operation.rawValue] > 0 }
}

extension OperationMix: CustomStringConvertible {
    /// The mix as it is read.
    public var description: String {
        Operation.allCases.filter(includes).map { "\($0.name)=\(weights[$0.rawValue])" }.joined(separator: ",")
    }
}

/// Why a text is no ``OperationMix``.
public enum MixError: Error, Equatable, CustomStringConvertible {
    /// A part is not `NAME=WEIGHT` with a known name and a whole weight from 0 to 1,000,000.
    case malformed(String)
    /// An operation is named twice.
    case repeated(Operation)
    /// All weights are 0.
    case nothing

    /// What is wrong, for people.
    public var description: String {
        switch self {
        case .malformed(let part): "'\(part)' is not one of get=N, post=N, like=N, delete=N, with a whole number N"
        case .repeated(let operation): "\(operation.name) is named twice"
        case .nothing: "every weight is 0"
        }
    }
}
