/// The access key that requests to AWS are signed with.
///
/// Descriptions and reflections never contain the secret access key or the session token.
package struct AWSCredentials: Sendable, Equatable {
    package let accessKeyID: String
    let secretAccessKey: String
    /// Part of temporary credentials only. Lambda's credentials are always temporary.
    let sessionToken: String?

    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

extension AWSCredentials: CustomStringConvertible, CustomReflectable {
    package var description: String { "AWSCredentials(\(accessKeyID))" }
    package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
