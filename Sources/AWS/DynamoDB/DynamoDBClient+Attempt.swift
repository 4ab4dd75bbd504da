import Encoding
import HTTPConnection
import HTTPMessage
import NIOCore

extension DynamoDBClient {
    /// Sends `body` once and returns the body of a successful response.
    func attempt(
        _ operation: DynamoDBOperation,
        body: [UInt8],
        on connection: any HTTPConnectionProtocol,
        timeout: Duration
    ) async throws(AttemptFailure) -> ByteBuffer {
        let request = requests.request(operation, body: body, secondsSince1970: dependencies.secondsSince1970())
        let response: HTTPResponse
        do {
            response = try await connection.send(request, timeout: timeout)
        } catch {
            throw AttemptFailure(error)
        }
        guard Self.hasValidChecksum(response) else {
            throw AttemptFailure(reason: .checksumMismatch, decision: .retry(isThrottling: false))
        }
        guard response.status != 200 else { return response.body }
        throw failure(for: response)
    }

    private func failure(for response: HTTPResponse) -> AttemptFailure {
        let exception = DynamoDBException(response)
        var decision = AttemptFailure.RetryDecision.doNotRetry
        if exception.isThrottling {
            decision = .retry(isThrottling: true)
        } else if exception.isTransient {
            decision = .retry(isThrottling: false)
        } else if exception.isClockSkew,
            requests.adjustClockSkew(
                fromDate: response.headers.first(name: "date"),
                secondsSince1970: dependencies.secondsSince1970()
            )
        {
            decision = .retryImmediately
        }
        return AttemptFailure(
            reason: .exception(exception),
            decision: decision,
            requestedPause: Self.requestedPause(in: response.headers)
        )
    }

    /// Compares the body with the CRC-32 in `x-amz-crc32`, a decimal number. DynamoDB always sends the header; local
    /// emulations may omit it.
    private static func hasValidChecksum(_ response: HTTPResponse) -> Bool {
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
