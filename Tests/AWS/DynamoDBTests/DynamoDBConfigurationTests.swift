import DynamoDB
import HTTPConnection
import Testing

@Suite
struct DynamoDBConfigurationTests {
    private static let complete = [
        "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "top-secret",
    ]

    private func configuration(
        _ settings: [String: String?]
    ) throws(DynamoDBConfigurationError) -> DynamoDBConfiguration {
        let all = Self.complete.merging(settings.compactMapValues { $0 }) { $1 }
            .filter { settings[$0.key] != .some(nil) }
        return try DynamoDBConfiguration { all[$0] }
    }

    @Test(
        arguments: [
            ([:], "https://dynamodb.eu-west-1.amazonaws.com"),
            (["AWS_REGION": "cn-north-1"], "https://dynamodb.cn-north-1.amazonaws.com.cn"),
            (
                ["AWS_REGION": nil, "AWS_DEFAULT_REGION": "us-gov-west-1"],
                "https://dynamodb.us-gov-west-1.amazonaws.com"
            ),
            (["AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-2"], "https://dynamodb.us-east-2.amazonaws.com"),
            (["AWS_ENDPOINT_URL": "http://127.0.0.1:8000"], "http://127.0.0.1:8000"),
            (
                ["AWS_ENDPOINT_URL": "http://other", "AWS_ENDPOINT_URL_DYNAMODB": "http://[::1]:8000/"],
                "http://[::1]:8000"
            ),
        ] as [([String: String?], String)]
    )
    func `the endpoint follows the settings`(settings: [String: String?], endpoint: String) throws {
        #expect("\(try configuration(settings).endpoint)" == endpoint)
    }

    @Test(
        arguments: [
            (["AWS_REGION": nil], DynamoDBConfigurationError.missing("AWS_REGION")),
            (["AWS_REGION": "eu west"], .malformed("AWS_REGION", "is no region's name")),
            (["AWS_REGION": nil, "AWS_DEFAULT_REGION": "EU"], .malformed("AWS_DEFAULT_REGION", "is no region's name")),
            (["AWS_ACCESS_KEY_ID": nil], .missing("AWS_ACCESS_KEY_ID")),
            (["AWS_SECRET_ACCESS_KEY": ""], .missing("AWS_SECRET_ACCESS_KEY")),
            (
                ["AWS_SESSION_TOKEN": "token\n"],
                .malformed("AWS_SESSION_TOKEN", "holds white space or other bytes that no key has")
            ),
            (
                ["AWS_ENDPOINT_URL": "localhost:8000"],
                .malformed("AWS_ENDPOINT_URL", "must start with http:// or https://")
            ),
            (
                ["AWS_ENDPOINT_URL_DYNAMODB": "http://localhost:80000"],
                .malformed("AWS_ENDPOINT_URL_DYNAMODB", "has no valid port (1 to 65535)")
            ),
        ] as [([String: String?], DynamoDBConfigurationError)]
    )
    func `a setting that is missing or malformed is named`(
        settings: [String: String?],
        error: DynamoDBConfigurationError
    ) {
        #expect(throws: error) { try configuration(settings) }
        #expect(!"\(error)".contains("token\n"))
    }
}
