import Encoding
import SHA2
import Synchronization

/// Signs requests to one AWS service in one region (AWS: "Create a signed AWS API request", Signature Version 4).
package final class SigV4Signer: Sendable {
    private struct DailyKey {
        let date: String
        /// The credential scope.
        let scope: String
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
        var value: [UInt8] = []
        value.reserveCapacity(256)
        value.append(utf8: Self.algorithm)
        value.append(utf8: " Credential=")
        value.append(utf8: credentials.accessKeyID)
        value.append(utf8: "/")
        value.append(utf8: key(for: timestamp.date).scope)
        value.append(utf8: ", SignedHeaders=")
        value += request.signedHeaders
        value.append(utf8: ", Signature=")
        value.append(utf8: signature(of: stringToSign(for: request, at: timestamp), at: timestamp))
        return String(decoding: value, as: UTF8.self)
    }

    /// The string to sign: algorithm, time, credential scope and the hash of the canonical request.
    package func stringToSign(for request: CanonicalRequest, at timestamp: SigV4Timestamp) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(256)
        text.append(utf8: Self.algorithm)
        text.append(utf8: "\n")
        text.append(utf8: timestamp.dateTime)
        text.append(utf8: "\n")
        text.append(utf8: key(for: timestamp.date).scope)
        text.append(utf8: "\n")
        text.append(utf8: Hexadecimal.encode(SHA256.digest(of: request.bytes)))
        return text
    }

    /// The signature in hexadecimal.
    package func signature(of stringToSign: [UInt8], at timestamp: SigV4Timestamp) -> String {
        Hexadecimal.encode(key(for: timestamp.date).hmac.code(for: stringToSign))
    }

    private func key(for date: String) -> DailyKey {
        cachedKey.withLock { cached in
            if let cached, cached.date == date { return cached }
            let scope = [date, region, service, "aws4_request"]
            let secret = Array("AWS4\(credentials.secretAccessKey)".utf8)
            let signingKey = scope.reduce(secret) { HMACSHA256(key: $0).code(for: $1.utf8) }
            let key = DailyKey(date: date, scope: scope.joined(separator: "/"), hmac: HMACSHA256(key: signingKey))
            cached = key
            return key
        }
    }
}
