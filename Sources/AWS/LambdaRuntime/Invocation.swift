package import HTTPMessage
package import NIOCore

/// A response of the Runtime API to `GET …/invocation/next`: the event and the parsed headers.
package struct Invocation: Sendable {
    package let requestID: String
    /// Milliseconds since 1970 (POSIX time).
    package let deadlineMilliseconds: Int64
    package let invokedFunctionARN: String
    package let traceID: String?
    package let clientContext: String?
    package let cognitoIdentity: String?
    package let tenantID: String?
    package let event: LambdaEvent

    /// - Throws: ``RuntimeAPIError/missingHeader(_:)`` or ``RuntimeAPIError/malformedHeader(_:)``.
    package init(headers: HTTPHeaderFields, body: ByteBuffer) throws(RuntimeAPIError) {
        requestID = try Self.required("Lambda-Runtime-Aws-Request-Id", in: headers)
        let deadline = try Self.required("Lambda-Runtime-Deadline-Ms", in: headers)
        guard let milliseconds = Int64(deadline) else { throw .malformedHeader("Lambda-Runtime-Deadline-Ms") }
        deadlineMilliseconds = milliseconds
        invokedFunctionARN = headers.first(name: "Lambda-Runtime-Invoked-Function-Arn") ?? ""
        traceID = headers.first(name: "Lambda-Runtime-Trace-Id")
        clientContext = headers.first(name: "Lambda-Runtime-Client-Context")
        cognitoIdentity = headers.first(name: "Lambda-Runtime-Cognito-Identity")
        tenantID = headers.first(name: "Lambda-Runtime-Aws-Tenant-Id")
        event = LambdaEvent(body)
    }

    private static func required(_ name: String, in headers: HTTPHeaderFields) throws(RuntimeAPIError) -> String {
        guard let value = headers.first(name: name), !value.isEmpty else { throw .missingHeader(name) }
        return value
    }
}
