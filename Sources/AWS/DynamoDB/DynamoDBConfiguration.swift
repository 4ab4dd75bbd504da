package import HTTPConnection

/// The endpoint, credentials, trust roots, timeouts and retry policy of a ``DynamoDBClient``.
package struct DynamoDBConfiguration: Sendable {
    /// The region's name, such as `eu-west-1`, which is part of every signature.
    package var region: String
    package var endpoint: HTTPEndpoint
    package var credentials: AWSCredentials
    /// Used for https endpoints only.
    package var trust: TrustRoots
    package var retry = RetryPolicy()
    /// The longest time to connect, without the lookup of the endpoint's name.
    package var connectTimeout: Duration = .milliseconds(1_500)
    /// The longest time for one attempt. DynamoDB responds within milliseconds; an attempt that takes longer than this
    /// was most likely sent on a connection that was dropped silently.
    package var attemptTimeout: Duration = .seconds(2)
    /// How long a connection may be idle and still be reused.
    package var maximumIdleTime: Duration = .seconds(50)

    /// - Parameter endpoint: The endpoint to use instead of the region's.
    /// - Throws: ``DynamoDBConfigurationError`` if there is no `endpoint` and the region's name is invalid.
    package init(
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

    /// Reads the environment variables that AWS's SDKs use.
    ///
    /// | variable | meaning |
    /// |---|---|
    /// | `AWS_REGION`, else `AWS_DEFAULT_REGION` | the region |
    /// | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` | the credentials |
    /// | `AWS_SESSION_TOKEN` | the session token of temporary credentials; optional |
    /// | `AWS_ENDPOINT_URL_DYNAMODB`, else `AWS_ENDPOINT_URL` | an endpoint to use instead of the region's; optional |
    /// | `AWS_CA_BUNDLE` | a PEM file with the only roots to trust; optional |
    /// | `LAMBDA_TASK_ROOT` | the function's folder; the roots in its `roots.pem` are tried before the system's |
    ///
    /// - Parameter environment: Returns the value of a variable. An empty value counts as unset.
    /// - Throws: ``DynamoDBConfigurationError``, which names the missing or invalid variable.
    package init(environment: (String) -> String?) throws(DynamoDBConfigurationError) {
        func setting(_ names: String...) -> (name: String, value: String)? {
            for name in names {
                if let value = environment(name), !value.isEmpty { return (name, value) }
            }
            return nil
        }
        // Tokens become parts of header fields, where a line break would inject another field.
        func token(_ name: String) throws(DynamoDBConfigurationError) -> String? {
            guard let value = setting(name)?.value else { return nil }
            guard value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .invalid(name, "must consist of printable ASCII characters without spaces")
            }
            return value
        }
        func requiredToken(_ name: String) throws(DynamoDBConfigurationError) -> String {
            guard let value = try token(name) else { throw .missing(name) }
            return value
        }

        guard let region = setting("AWS_REGION", "AWS_DEFAULT_REGION") else { throw .missing("AWS_REGION") }
        guard Self.isRegionName(region.value) else { throw .invalidRegion(region.name, region.value) }
        var endpoint: HTTPEndpoint?
        if let url = setting("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL") {
            do {
                endpoint = try HTTPEndpoint(parsing: url.value)
            } catch {
                throw .invalid(url.name, "\(error)")
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
        guard isRegionName(region) else { throw .invalidRegion("AWS_REGION", region) }
        // The partitions of China and of the European Sovereign Cloud have domains of their own; GovCloud has not.
        let domain =
            if region.hasPrefix("cn-") {
                "amazonaws.com.cn"
            } else if region.hasPrefix("eusc-") {
                "amazonaws.eu"
            } else {
                "amazonaws.com"
            }
        do {
            return try HTTPEndpoint(parsing: "https://dynamodb.\(region).\(domain)")
        } catch {
            throw .invalid("AWS_REGION", "\(error)")
        }
    }

    private static func isRegionName(_ text: String) -> Bool {
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
