import Encoding
import HTTPConnection
import NIOCore

/// How one attempt ended without success.
struct AttemptFailure: Error {
    /// What may help.
    enum RetryDecision {
        /// Another attempt at once, which costs nothing: the connection was dead, or our clock was wrong.
        case retryImmediately
        /// Another attempt after a pause.
        case retry(isThrottling: Bool)
        /// Nothing.
        case none
    }

    let reason: DynamoDBError.Reason
    let remedy: RetryDecision
    /// The pause that the service asks for.
    var requestedPause: Duration?
    /// Whether the request may have reached the service.
    var isSent = true
}

extension DynamoDBClient {
    /// Sends `body` once and judges the answer.
    func attempt(
        _ operation: DynamoDBOperation,
        body: [UInt8],
        on connection: any HTTPRequestSending,
        timeout: Duration
    ) async throws(AttemptFailure) -> ByteBuffer {
        let request = requests.request(operation, body: body, secondsSince1970: dependencies.secondsSince1970())
        let response: HTTPResponse
        do {
            response = try await connection.send(request, timeout: timeout)
        } catch {
            throw AttemptFailure(error)
        }
        guard Self.hasRightChecksum(response) else {
            throw AttemptFailure(reason: .checksumMismatch, remedy: .retry(isThrottling: false))
        }
        guard response.status != 200 else { return response.body }
        throw failure(for: response)
    }

    private func failure(for response: HTTPResponse) -> AttemptFailure {
        let exception = DynamoDBException(response)
        var failure = AttemptFailure(reason: .exception(exception), remedy: .none)
        if exception.isThrottling {
            failure = AttemptFailure(reason: failure.reason, remedy: .retry(isThrottling: true))
        } else if exception.isTransient {
            failure = AttemptFailure(reason: failure.reason, remedy: .retry(isThrottling: false))
        } else if exception.isClockSkew,
            requests.adjustClockSkew(
                fromDate: response.headers.first(name: "date"),
                secondsSince1970: dependencies.secondsSince1970()
            )
        {
            failure = AttemptFailure(reason: failure.reason, remedy: .retryImmediately)
        }
        failure.requestedPause = Self.requestedPause(in: response.headers)
        return failure
    }

    /// The header names the CRC-32 of the body in decimal digits; a local stand-in for the service may leave it out.
    private static func hasRightChecksum(_ response: HTTPResponse) -> Bool {
        guard let expected = response.headers.first(name: "x-amz-crc32") else { return true }
        return UInt32(expected) == response.body.withUnsafeReadableBytes { CRC32.checksum(of: $0) }
    }

    private static func requestedPause(in headers: HTTPHeaderFields) -> Duration? {
        if let text = headers.first(name: "x-amz-retry-after"), let milliseconds = UInt32(text) {
            return .milliseconds(Int(milliseconds))
        }
        if let text = headers.first(name: "retry-after"), let seconds = UInt32(text) { return .seconds(Int(seconds)) }
        return nil
    }
}

extension AttemptFailure {
    init(_ error: HTTPConnectionError) {
        isSent = error.requestMayHaveBeenSent
        reason =
            switch error.kind {
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            default: .connection(error)
            }
        remedy =
            switch error.kind {
            case .closedBeforeResponse where error.isStaleConnection: .retryImmediately
            case .connectFailed, .tls, .timedOut, .closedBeforeResponse, .closedInResponse, .invalidResponse:
                .retry(isThrottling: false)
            case .responseTooLarge, .invalidRequest, .cancelled: .none
            }
    }
}
