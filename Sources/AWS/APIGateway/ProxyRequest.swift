/// An HTTP request as API Gateway hands it to a function, whatever the payload format it came in.
///
/// Sources: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs" (formats 1.0 and
/// 2.0) and "Input format of a Lambda function for proxy integration" (REST APIs); AWS Lambda Developer Guide,
/// "Invoking Lambda function URLs" (format 2.0).
public struct ProxyRequest: Equatable, Sendable {
    /// The format of the event's payload, in which the reply must be written too.
    public enum PayloadFormat: Equatable, Sendable {
        /// Of a REST API, or of an HTTP API that asks for it.
        case version1
        /// Of an HTTP API or a function URL.
        case version2
    }

    /// The format that the event had.
    public var format: PayloadFormat
    /// The method, in upper case.
    public var method: String
    /// The path below the stage, split at its slashes, percent-decoded, without empty segments.
    public var path: [String]
    /// What the route's `{name}` placeholders stand for, percent-decoded. Function URLs have none.
    public var pathParameters: [String: String]
    /// The query's values under each name, in their order, percent-decoded.
    public var query: [String: [String]]
    /// The header fields.
    public var headers: HeaderFields
    /// The body's bytes, decoded where the event had them as base64; empty when there is no body.
    public var body: [UInt8]
    /// The id that API Gateway gave the request; nil when the event has none.
    public var requestID: String?

    /// A request made of its parts.
    public init(
        format: PayloadFormat = .version2,
        method: String,
        path: [String],
        pathParameters: [String: String] = [:],
        query: [String: [String]] = [:],
        headers: HeaderFields = HeaderFields(),
        body: [UInt8] = [],
        requestID: String? = nil
    ) {
        self.format = format
        self.method = method
        self.path = path
        self.pathParameters = pathParameters
        self.query = query
        self.headers = headers
        self.body = body
        self.requestID = requestID
    }
}

/// Why an event is not an HTTP request from API Gateway.
public enum ProxyEventError: Error, Equatable, Sendable {
    /// The event is not JSON, or a member is of a kind that no proxy event has there; the text says what and where.
    case malformed(String)
    /// Neither `requestContext.http.method` (format 2.0) nor `httpMethod` (format 1.0) is there.
    case noMethod
    /// `isBase64Encoded` is true but the body is not base64 (RFC 4648, section 4).
    case bodyIsNotBase64
}

extension ProxyEventError: CustomStringConvertible {
    /// What is wrong, for the function's log.
    public var description: String {
        switch self {
        case .malformed(let problem): "The event is not a proxy event of API Gateway: \(problem)."
        case .noMethod:
            "The event is not a proxy event of API Gateway: it has neither requestContext.http.method nor httpMethod."
        case .bodyIsNotBase64: "The event says that its body is base64, but it is not."
        }
    }
}
