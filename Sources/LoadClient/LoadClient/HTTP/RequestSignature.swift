/// The credentials that sign requests to an API with IAM authorization (AWS Signature Version 4, service `execute-api`).
package struct RequestSignature: Sendable {
    /// For example `eu-west-1`.
    let region: String
    let accessKeyID: String
    let secretAccessKey: String
    /// Only temporary credentials have one.
    let sessionToken: String?

    /// Reads `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and the optional `AWS_SESSION_TOKEN` from `environment`.
    ///
    /// - Throws: ``MissingCredentials``, which names the missing variable.
    package init(region: String, environment: [String: String]) throws(MissingCredentials) {
        func required(_ name: String) throws(MissingCredentials) -> String {
            guard let value = environment[name], !value.isEmpty else { throw MissingCredentials(variable: name) }
            return value
        }
        self.region = region
        accessKeyID = try required("AWS_ACCESS_KEY_ID")
        secretAccessKey = try required("AWS_SECRET_ACCESS_KEY")
        sessionToken = environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
    }
}

package struct MissingCredentials: Error, CustomStringConvertible {
    /// The environment variable that is not set.
    let variable: String

    package var description: String { "--aws-sigv4 requires the environment variable \(variable)" }
}
