public import HTTPConnection

/// Where DynamoDB is, who asks, and how patiently.
public struct DynamoDBConfiguration: Sendable {
    /// The region's name, such as `eu-west-1`; it is part of every signature.
    public var region: String
    /// Where requests go.
    public var endpoint: HTTPEndpoint
    /// What requests are signed with.
    public var credentials: AWSCredentials
    /// Whom to trust, if the endpoint is https.
    public var trust: TrustRoots
    /// Which failures are met with another attempt.
    public var retry = RetryPolicy()
    /// How long opening a connection may take.
    public var connectTimeout: Duration = .milliseconds(1_500)
    /// How long one attempt may take. DynamoDB answers in milliseconds; an attempt that takes longer than this has most
    /// likely been sent on a connection that died in silence.
    public var attemptTimeout: Duration = .seconds(2)
    /// How long a kept connection may lie unused and still be used again.
    public var maximumIdleTime: Duration = .seconds(50)

    /// A configuration of the given parts.
    ///
    /// - Parameter endpoint: nil for the region's own.
    /// - Throws: ``DynamoDBConfigurationError`` when the region is malformed.
    public init(
        region: String,
        credentials: AWSCredentials,
        endpoint: HTTPEndpoint? = nil,
        trust: TrustRoots = .system
    ) throws(DynamoDBConfigurationError) {
        self.region = region
        self.credentials = credentials
        if let endpoint { self.endpoint = endpoint } else { self.endpoint = try Self.endpoint(of: region) }
        self.trust = trust
    }

    /// The configuration that the AWS-standard settings describe.
    ///
    /// | setting | meaning |
    /// |---|---|
    /// | `AWS_REGION`, else `AWS_DEFAULT_REGION` | the region |
    /// | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` | the credentials |
    /// | `AWS_SESSION_TOKEN` | what belongs to temporary credentials; optional |
    /// | `AWS_ENDPOINT_URL_DYNAMODB`, else `AWS_ENDPOINT_URL` | another endpoint than the region's own; optional |
    /// | `AWS_CA_BUNDLE` | a PEM file of the only roots to trust; optional |
    /// | `LAMBDA_TASK_ROOT` | the function's folder; the roots in its `roots.pem` are tried before the system's |
    ///
    /// - Parameter environment: Looks a setting up. An empty value counts as none.
    /// - Throws: ``DynamoDBConfigurationError``, which names the setting that is missing or malformed.
    public init(environment: (String) -> String?) throws(DynamoDBConfigurationError) {
        func setting(_ names: String...) -> (name: String, value: String)? {
            for name in names {
                if let value = environment(name), !value.isEmpty { return (name, value) }
            }
            return nil
        }
        /// A value that goes into a header, where a stray line break would make the request another one.
        func token(_ name: String) throws(DynamoDBConfigurationError) -> String? {
            guard let value = setting(name)?.value else { return nil }
            guard value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .malformed(name, "holds white space or other bytes that no key has")
            }
            return value
        }
        func requiredToken(_ name: String) throws(DynamoDBConfigurationError) -> String {
            guard let value = try token(name) else { throw .missing(name) }
            return value
        }

        guard let region = setting("AWS_REGION", "AWS_DEFAULT_REGION") else { throw .missing("AWS_REGION") }
        guard Self.isRegion(region.value) else { throw .malformed(region.name, "is no region's name") }
        var endpoint: HTTPEndpoint?
        if let url = setting("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL") {
            do {
                endpoint = try HTTPEndpoint(parsing: url.value)
            } catch {
                throw .malformed(url.name, "\(error)")
            }
        }
        var roots: [TrustRoots.Roots] = [.system]
        if let bundle = setting("AWS_CA_BUNDLE") {
            roots = [.file(bundle.value)]
        } else if let folder = setting("LAMBDA_TASK_ROOT") {
            roots = [.file("\(folder.value)/roots.pem"), .system]
        }
        try self.init(
            region: region.value,
            credentials: AWSCredentials(
                accessKeyID: requiredToken("AWS_ACCESS_KEY_ID"),
                secretAccessKey: requiredToken("AWS_SECRET_ACCESS_KEY"),
                sessionToken: token("AWS_SESSION_TOKEN")
            ),
            endpoint: endpoint,
            trust: TrustRoots(roots)
        )
    }

    private static func endpoint(of region: String) throws(DynamoDBConfigurationError) -> HTTPEndpoint {
        guard isRegion(region) else { throw .malformed("AWS_REGION", "is no region's name") }
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        do {
            return try HTTPEndpoint(parsing: "https://dynamodb.\(region).\(domain)")
        } catch {
            throw .malformed("AWS_REGION", "\(error)")
        }
    }

    private static func isRegion(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// Which setting keeps a ``DynamoDBConfiguration`` from being made. Values are never part of it.
public enum DynamoDBConfigurationError: Error, Equatable, Sendable {
    /// The setting of this name is not there.
    case missing(String)
    /// The setting of this name is not as it must be.
    case malformed(String, String)
}

extension DynamoDBConfigurationError: CustomStringConvertible {
    /// The setting and what is wrong with it.
    public var description: String {
        switch self {
        case .missing(let setting): "\(setting) is not set"
        case .malformed(let setting, let reason): "\(setting) \(reason)"
        }
    }
}
