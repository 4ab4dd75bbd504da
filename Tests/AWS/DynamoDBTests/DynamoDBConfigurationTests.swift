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
            (["AWS_REGION": "eusc-de-east-1"], "https://dynamodb.eusc-de-east-1.amazonaws.eu"),
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
    func `the endpoint is the URL in the environment, or else that of the region`(
        settings: [String: String?], endpoint: String
    ) throws {
        #expect("\(try configuration(settings).endpoint)" == endpoint)
    }

    @Test(
        arguments: [
            (["AWS_REGION": nil], DynamoDBConfigurationError.missing("AWS_REGION")),
            (["AWS_REGION": "eu west"], .invalidRegion("AWS_REGION", "eu west")),
            (["AWS_REGION": nil, "AWS_DEFAULT_REGION": "EU"], .invalidRegion("AWS_DEFAULT_REGION", "EU")),
            (["AWS_ACCESS_KEY_ID": nil], .missing("AWS_ACCESS_KEY_ID")),
            (["AWS_SECRET_ACCESS_KEY": ""], .missing("AWS_SECRET_ACCESS_KEY")),
            (
                ["AWS_SESSION_TOKEN": "token\n"],
                .invalid("AWS_SESSION_TOKEN", "must consist of printable ASCII characters without spaces")
            ),
            (
                ["AWS_SECRET_ACCESS_KEY": "top secret"],
                .invalid("AWS_SECRET_ACCESS_KEY", "must consist of printable ASCII characters without spaces")
            ),
            (
                ["AWS_ENDPOINT_URL": "localhost:8000"],
                .invalid("AWS_ENDPOINT_URL", "must start with http:// or https://")
            ),
            (
                ["AWS_ENDPOINT_URL_DYNAMODB": "http://localhost:80000"],
                .invalid("AWS_ENDPOINT_URL_DYNAMODB", "has no valid port (1 to 65535)")
            ),
        ] as [([String: String?], DynamoDBConfigurationError)]
    )
    func `errors name the missing or invalid variable`(
        settings: [String: String?],
        error: DynamoDBConfigurationError
    ) {
        #expect(throws: error) { try configuration(settings) }
        #expect(!"\(error)".contains("token\n"))
    }

    @Test
    func `the error for an invalid region contains its value`() {
        let error = #expect(throws: DynamoDBConfigurationError.self) { try configuration(["AWS_REGION": "eu west"]) }
        #expect(error.map { "\($0)" } == "AWS_REGION=eu west is not a valid region name")
    }
}
