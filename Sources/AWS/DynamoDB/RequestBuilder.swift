import HTTPConnection
import HTTPMessage
import Synchronization
import Time

/// Builds signed HTTP requests.
final class RequestBuilder: Sendable {
    private let signer: SigV4Signer
    private let authority: String
    private let sessionToken: String?
    /// How many seconds the service's clock is ahead of the local one.
    private let clockOffset = Atomic(0)

    /// In seconds. The service accepts signatures that are up to five minutes off.
    private static let toleratedSkew = 240

    init(_ configuration: DynamoDBConfiguration) {
        signer = SigV4Signer(
            credentials: configuration.credentials,
            region: configuration.region,
            service: "dynamodb"
        )
        authority = configuration.endpoint.authority
        sessionToken = configuration.credentials.sessionToken
    }

    func request(_ operation: DynamoDBOperation, body: [UInt8], secondsSince1970: Int) -> HTTPRequest {
        let offset = clockOffset.load(ordering: .relaxed)
        let timestamp = SigV4Timestamp(secondsSince1970: secondsSince1970 + offset)
        var fields = [
            (name: "Content-Type", value: "application/x-amz-json-1.0"),
            (name: "X-Amz-Date", value: timestamp.dateTime),
            (name: "X-Amz-Target", value: operation.target),
        ]
        if let sessionToken { fields.append((name: "X-Amz-Security-Token", value: sessionToken)) }
        let canonical = CanonicalRequest(
            method: "POST",
            path: "/",
            headers: fields + [(name: "Host", value: authority)],
            payloadHash: SigV4Signer.payloadHash(of: body)
        )
        fields.append((name: "Authorization", value: signer.authorization(for: canonical, at: timestamp)))
        fields.append((name: "User-Agent", value: "bashoutter"))
        return HTTPRequest(method: .post, path: "/", headers: HTTPHeaderFields(fields), body: body)
    }

    /// Signs later requests with the service's time. Returns whether this changes the time enough for a retry to succeed.
    ///
    /// - Parameter date: The response's `Date` header.
    func adjustClockSkew(fromDate date: String?, secondsSince1970: Int) -> Bool {
        guard let serverTime = date.flatMap(HTTPDate.secondsSince1970) else { return false }
        let offset = serverTime - secondsSince1970
        let previous = clockOffset.exchange(offset, ordering: .relaxed)
        return abs(offset - previous) > Self.toleratedSkew
    }
}
