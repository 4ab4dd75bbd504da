/// An error that the database answers with, in the service's words.
///
/// Source: "Error handling with DynamoDB".
public struct ServiceError: Error, Equatable, Sendable {
    /// The type of an error, written as the service writes it in `__type`.
    public enum Kind: String, Sendable {
        case validation = "com.amazon.coral.validate#ValidationException"
        case serialization = "com.amazon.coral.service#SerializationException"
        case unknownOperation = "com.amazon.coral.service#UnknownOperationException"
        case missingAuthenticationToken = "com.amazon.coral.service#MissingAuthenticationTokenException"
        case incompleteSignature = "com.amazon.coral.service#IncompleteSignatureException"
        case accessDenied = "com.amazon.coral.service#AccessDeniedException"
        case requestTooLarge = "com.amazon.coral.service#RequestEntityTooLargeException"
        case serviceUnavailable = "com.amazonaws.dynamodb.v20120810#ServiceUnavailable"
        case internalServerError = "com.amazonaws.dynamodb.v20120810#InternalServerError"
        case resourceNotFound = "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
        case resourceInUse = "com.amazonaws.dynamodb.v20120810#ResourceInUseException"
        case conditionalCheckFailed = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    }

    /// The type.
    public let kind: Kind
    /// What went wrong, for people.
    public let message: String
    /// DynamoDB JSON of the item that failed a condition, when it was asked for.
    let item: [UInt8]?

    init(_ kind: Kind, _ message: String, item: [UInt8]? = nil) {
        self.kind = kind
        self.message = message
        self.item = item
    }

    static func validation(_ message: String) -> ServiceError { ServiceError(.validation, message) }

    /// A validation error of the family that the service starts with a common phrase.
    static func invalidParameter(_ message: String) -> ServiceError {
        .validation("One or more parameter values were invalid: " + message)
    }

    /// A write that there is no room for. Clients repeat a request that was answered so.
    static let diskFull = ServiceError(.serviceUnavailable, "The disk is full: nothing can be written")
    static let tableNotFound = ServiceError(.resourceNotFound, "Requested resource not found")
    static let keyDoesNotMatchSchema = ServiceError.validation("The provided key element does not match the schema")
}

/// Gathers the constraints of the service's model that a request breaks; they are reported together.
struct Constraints {
    private var failures: [String] = []

    /// Notes that `isMet` is false for the member at `path`. Without a `value`, the member is null.
    mutating func check(_ isMet: Bool, _ value: String?, at path: String, _ constraint: String) {
        guard !isMet, failures.count < 10 else { return }
        let value = value.map { "'\($0)'" } ?? "null"
        failures.append("Value \(value) at '\(path)' failed to satisfy constraint: Member must \(constraint)")
    }

    /// An enumerated member, which may be absent.
    mutating func check(_ value: String?, at path: String, isOneOf allowed: [String]) {
        guard let value else { return }
        check(allowed.contains(value), value, at: path, "satisfy enum value set: [\(allowed.joined(separator: ", "))]")
    }

    mutating func checkPresent(_ isPresent: Bool, at path: String) {
        check(isPresent, nil, at: path, "not be null")
    }

    /// The name of a table or an index.
    mutating func check(name: String?, at path: String, minimum: Int) {
        guard let name else { return }
        check(
            name.isEmpty ? minimum == 1 : Names.isWellFormed(name),
            name,
            at: path,
            "satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
        )
        // The service speaks of 3 for a short name, but in requests about items of 1 for an empty one.
        let shortest = name.isEmpty ? minimum : 3
        check(name.utf8.count >= shortest, name, at: path, "have length greater than or equal to \(shortest)")
        check(name.utf8.count <= 255, name, at: path, "have length less than or equal to 255")
    }

    func throwFailures() throws(ServiceError) {
        guard !failures.isEmpty else { return }
        let errors = failures.count == 1 ? "error" : "errors"
        throw .validation("\(failures.count) validation \(errors) detected: " + failures.joined(separator: "; "))
    }
}

enum Names {
    /// Why an attribute cannot be named `name`; nil when it can.
    static func problem(ofAttribute name: String) -> String? {
        if name.isEmpty { return "One or more parameter values were invalid: Empty attribute name" }
        guard name.utf8.count > 65535 else { return nil }
        return "One or more parameter values were invalid: Attribute name is too large, must be less than 65536 bytes"
    }

    /// Whether `name` follows `[a-zA-Z0-9_.-]+`.
    static func isWellFormed(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
