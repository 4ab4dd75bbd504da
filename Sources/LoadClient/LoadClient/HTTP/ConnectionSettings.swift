import Glibc

/// How requests are made, the same for all of a run.
public struct ConnectionSettings: Sendable {
    /// How long a request may take, connecting included.
    public var timeout: Nanoseconds = 30_000_000_000
    /// The `limit` of ``APIRequest/list``; nil leaves it to the server.
    public var limit: Int? = 30
    /// More headers for every request, each as `Name: value`.
    public var headers: [String] = []
    /// Whether any certificate is good enough.
    public var acceptsAnyCertificate = false
    /// Whether to speak HTTP/2 with `https` endpoints whose servers can.
    public var usesHTTP2 = false
    /// Signs every request for API Gateway, when there.
    public var signature: RequestSignature?

    /// The defaults.
    public init() {}
}

/// What it takes to sign requests to an API that asks for IAM (AWS Signature Version 4, service `execute-api`).
public struct RequestSignature: Sendable, Equatable {
    /// Such as `eu-west-1`.
    public let region: String
    /// `AWS_ACCESS_KEY_ID`.
    public let accessKeyID: String
    /// `AWS_SECRET_ACCESS_KEY`.
    public let secretAccessKey: String
    /// `AWS_SESSION_TOKEN`, for credentials that expire.
    public let sessionToken: String?

    /// Takes the credentials from the variables that all of AWS's tools read.
    ///
    /// - Throws: ``MissingCredentials`` that names the variable that is not set.
    public init(region: String, environment: [String: String]) throws(MissingCredentials) {
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

/// A variable of the environment that signing needs is not set.
public struct MissingCredentials: Error, Equatable, CustomStringConvertible {
    /// Which.
    public let variable: String

    /// What is wrong, for people.
    public var description: String { "--aws-sigv4 needs \(variable) in the environment" }
}
