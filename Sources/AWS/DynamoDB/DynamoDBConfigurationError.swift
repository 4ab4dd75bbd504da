/// The reason why a ``DynamoDBConfiguration`` cannot be created: an environment variable is missing or invalid. Only a
/// region's value is part of it, since the others may contain secrets.
package enum DynamoDBConfigurationError: Error, Equatable, Sendable {
    case missing(_ variable: String)
    case invalid(_ variable: String, _ reason: String)
    case invalidRegion(_ variable: String, _ value: String)
}

extension DynamoDBConfigurationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let variable): "\(variable) is not set"
        case .invalid(let variable, let reason): "\(variable) \(reason)"
        case .invalidRegion(let variable, let value): "\(variable)=\(value) is not a valid region name"
        }
    }
}
