/// Why a string is not an ``OperationMix``.
package enum OperationMixError: Error, CustomStringConvertible {
    /// A part is not `NAME=WEIGHT` with a known name and an integer weight from 0 to 1,000,000.
    case malformed(String)
    case repeated(Operation)
    case allWeightsAreZero

    package var description: String {
        switch self {
        case .malformed(let part):
            "'\(part)' must be get=N, post=N, like=N or delete=N, with an integer N from 0 to 1,000,000"
        case .repeated(let operation): "\(operation.name) is repeated; each operation can have only one weight"
        case .allWeightsAreZero: "at least one weight must be greater than 0"
        }
    }
}
