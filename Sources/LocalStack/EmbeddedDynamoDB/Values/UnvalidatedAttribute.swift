/// A value that has the right JSON types but may be invalid.
///
/// The service reports a wrong JSON type at once, and an invalid value only after other checks.
struct UnvalidatedAttribute<Value: Sendable>: Sendable {
    let value: Value
    let problem: String?

    func validated() throws(ServiceError) -> Value {
        if let problem { throw .validation(problem) }
        return value
    }
}
