import Encoding
import SHA2
import Synchronization

/// Signs requests to one AWS service in one region (AWS: "Create a signed AWS API request", Signature Version 4).
package final class SigV4Signer: Sendable {
    private struct DailyKey {
        let date: String
        let hmac: HMACSHA256
    }

    private static let algorithm = "AWS4-HMAC-SHA256"

    private let credentials: AWSCredentials
    private let region: String
    private let service: String
    /// The signing key, which changes daily.
    private let cachedKey = Mutex<DailyKey?>(nil)

    package init(credentials: AWSCredentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// The SHA-256 of a body in hexadecimal.
    package static func payloadHash(of body: [UInt8]) -> String {
        Hexadecimal.encode(SHA256.digest(of: body))
    }

    /// The value of the `Authorization` header.
    package func authorization(for request: CanonicalRequest, at timestamp: SigV4Timestamp) -> String {
        let signature = signature(of: stringToSign(for: request, at: timestamp), at: timestamp)
        return """
            \(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope(at: timestamp)), \
            SignedHeaders=\(request.signedHeaders), Signature=\(signature)
            """
    }

    /// The string to sign: algorithm, time, credential scope and the hash of the canonical request.
    package func stringToSign(for request: CanonicalRequest, at timestamp: SigV4Timestamp) -> String {
        let hash = Hexadecimal.encode(SHA256.digest(of: request.bytes))
        return "\(Self.algorithm)\n\(timestamp.dateTime)\n\(scope(at: timestamp))\n\(hash)"
    }

    /// The signature in hexadecimal.
    package func signature(of stringToSign: String, at timestamp: SigV4Timestamp) -> String {
        Hexadecimal.encode(key(for: timestamp.date).code(for: stringToSign.utf8))
    }

    private func scope(at timestamp: SigV4Timestamp) -> String {
        "\(timestamp.date)/\(region)/\(service)/aws4_request"
    }

    private func key(for date: String) -> HMACSHA256 {
        cachedKey.withLock { cached in
            if let cached, cached.date == date { return cached.hmac }
            var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
            for part in [date, region, service, "aws4_request"] {
                key = HMACSHA256(key: key).code(for: part.utf8)
            }
            let hmac = HMACSHA256(key: key)
            cached = DailyKey(date: date, hmac: hmac)
            return hmac
        }
    }
}
