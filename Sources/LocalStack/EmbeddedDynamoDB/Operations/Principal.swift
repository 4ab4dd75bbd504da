/// The identity that makes a request, with its permissions.
struct Principal: Sendable {
    typealias Authorizer = @Sendable (_ accessKeyID: String, _ action: String, _ resource: String) -> Bool

    /// The access key that signed the request; nil for a call from this process, which needs no permission.
    let accessKeyID: String?
    let region: String
    let authorizer: Authorizer?

    static let accountID = "000000000000"

    func arn(ofTable table: String, index: String? = nil) -> String {
        "arn:aws:dynamodb:\(region):\(Self.accountID):table/\(table)" + (index.map { "/index/\($0)" } ?? "")
    }

    /// - Throws: `AccessDeniedException` if the authorizer does not allow the operation on the table or the index.
    func authorize(_ operation: Operation, table: String, index: String? = nil) throws(ServiceError) {
        guard let accessKeyID, let authorizer else { return }
        let action = "dynamodb:\(operation.rawValue)"
        let resource = arn(ofTable: table, index: index)
        guard !authorizer(accessKeyID, action, resource) else { return }
        throw ServiceError(
            .accessDenied,
            "User: arn:aws:iam::\(Self.accountID):user/\(accessKeyID) is not authorized to perform: \(action) "
                + "on resource: \(resource) because no identity-based policy allows the \(action) action"
        )
    }
}
