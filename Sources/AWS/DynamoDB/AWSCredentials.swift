/// The key that requests to AWS are signed with.
///
/// The secret parts appear in no description, reflection or error.
public struct AWSCredentials: Sendable, Equatable {
    /// The name of the key.
    public let accessKeyID: String
    /// The key itself.
    let secretAccessKey: String
    /// What proves that the key is a temporary one; Lambda's always are.
    let sessionToken: String?

    /// Credentials of the given parts.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

extension AWSCredentials: CustomStringConvertible, CustomReflectable {
    /// The name of the key, without its secret.
    public var description: String { "AWSCredentials(\(accessKeyID))" }
    /// The name of the key, without its secret.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
