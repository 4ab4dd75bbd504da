/// An HTTP request that API Gateway passes to a function, independent of the payload format.
///
/// Sources: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs" (formats 1.0 and
/// 2.0) and "Input format of a Lambda function for proxy integration" (REST APIs); AWS Lambda Developer Guide,
/// "Invoking Lambda function URLs" (format 2.0).
package struct ProxyRequest: Equatable, Sendable {
    /// The payload format of the event. The response must have the same format.
    package enum PayloadFormat: Equatable, Sendable {
        /// The format of REST APIs, and of HTTP APIs that are configured for it.
        case version1
        /// The format of HTTP APIs and function URLs.
        case version2
    }

    package var format: PayloadFormat
    /// In upper case.
    package var method: String
    /// The path without the stage: percent-decoded segments, none of which is empty.
    package var path: [String]
    /// The values of the route's `{name}` placeholders, percent-decoded. Function URLs have none.
    package var pathParameters: [String: String]
    /// The values of each query parameter, in their order, percent-decoded.
    package var query: [String: [String]]
    package var headers: HeaderFields
    /// Decoded if the event had it in Base64; empty if there is none.
    package var body: [UInt8]

    package init(
        format: PayloadFormat = .version2,
        method: String,
        path: [String],
        pathParameters: [String: String] = [:],
        query: [String: [String]] = [:],
        headers: HeaderFields = HeaderFields(),
        body: [UInt8] = []
    ) {
        self.format = format
        self.method = method
        self.path = path
        self.pathParameters = pathParameters
        self.query = query
        self.headers = headers
        self.body = body
    }
}
