import DynamoDB
import Foundation
import JSON
import Testing

@Suite
struct SigV4Tests {
    @Test(
        .enabled(if: SigV4Case.isExpected, "../shared/data does not exist"), arguments: SigV4Case.names)
    func `each step of signing agrees with AWS's test suite`(name: String) throws {
        let example = try SigV4Case(name)
        let request = example.canonicalRequest
        #expect(String(decoding: request.bytes, as: UTF8.self) == (try example.file("header-canonical-request.txt")))
        let toSign = example.signer.stringToSign(for: request, at: example.timestamp)
        #expect(String(decoding: toSign, as: UTF8.self) == (try example.file("header-string-to-sign.txt")))
        #expect(
            example.signer.signature(of: toSign, at: example.timestamp)
                == (try example.file("header-signature.txt"))
        )
        let authorization = "Authorization:\(example.signer.authorization(for: request, at: example.timestamp))"
        #expect(try example.file("header-signed-request.txt").split(separator: "\n").contains(authorization[...]))
    }

    @Test(.enabled(if: SigV4Case.isExpected, "../shared/data does not exist"))
    func `the test suite is complete`() {
        #expect(SigV4Case.names.count == 38)
    }

    @Test
    func `parameters of the canonical query are sorted by name, then by value`() {
        let request = CanonicalRequest(
            method: "GET", path: "/", query: "b=1&a=2&a=10&a=1", headers: [], payloadHash: "hash")
        #expect(String(decoding: request.bytes, as: UTF8.self).hasPrefix("GET\n/\na=1&a=10&a=2&b=1\n"))
    }

    @Test(arguments: [
        (0, "19700101T000000Z"), (-1, "19691231T235959Z"), (951_782_400, "20000229T000000Z"),
        (1_440_938_160, "20150830T123600Z"), (1_709_251_199, "20240229T235959Z"), (1_709_251_200, "20240301T000000Z"),
        (4_107_542_400, "21000301T000000Z"), (4_107_542_399, "21000228T235959Z"), (253_402_300_799, "99991231T235959Z"),
    ])
    func `timestamps are formatted in UTC`(seconds: Int, text: String) {
        let timestamp = SigV4Timestamp(secondsSince1970: seconds)
        #expect(timestamp.dateTime == text)
        #expect(timestamp.date == text.prefix(8))
    }

    @Test
    func `the signing key changes daily`() {
        let credentials = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")
        let signer = SigV4Signer(credentials: credentials, region: "us-east-1", service: "dynamodb")
        let today = SigV4Timestamp(secondsSince1970: 1_440_938_160)
        let tomorrow = SigV4Timestamp(secondsSince1970: 1_440_938_160 + 86_400)
        let text = Array("text".utf8)
        let first = signer.signature(of: text, at: today)
        #expect(signer.signature(of: text, at: tomorrow) != first)
        #expect(signer.signature(of: text, at: today) == first)
    }

    @Test
    func `descriptions of credentials contain no secrets`() {
        let credentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "top-secret", sessionToken: "tok-en")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped, "\([credentials])"] {
            #expect(text.contains("AKID"))
            #expect(!text.contains("top-secret") && !text.contains("tok-en"))
        }
    }
}

/// One case of AWS's test suite for Signature Version 4.
private struct SigV4Case {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../shared/data/sigv4").standardized

    static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []).sorted()
    /// If the data folder exists, the suite must be in it.
    static let isExpected = FileManager.default.fileExists(atPath: root.deletingLastPathComponent().path)

    let signer: SigV4Signer
    let timestamp: SigV4Timestamp
    let canonicalRequest: CanonicalRequest
    private let folder: URL

    init(_ name: String) throws {
        folder = Self.root.appending(path: name)
        let context = try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appending(path: "context.json"))))
        let key = try #require(context["credentials"])
        let credentials = AWSCredentials(
            accessKeyID: try #require(key["access_key_id"]?.string),
            secretAccessKey: try #require(key["secret_access_key"]?.string)
        )
        signer = SigV4Signer(
            credentials: credentials,
            region: try #require(context["region"]?.string),
            service: try #require(context["service"]?.string)
        )
        let time = try Date(#require(context["timestamp"]?.string), strategy: .iso8601)
        timestamp = SigV4Timestamp(secondsSince1970: Int(time.timeIntervalSince1970))

        let text = try String(contentsOf: folder.appending(path: "request.txt"), encoding: .utf8)
        let parts = text.components(separatedBy: "\n\n")
        let body = parts.count > 1 ? Array(parts[1].utf8) : []
        let lines = parts[0].components(separatedBy: "\n")
        let target = lines[0].split(separator: " ").dropFirst().dropLast().joined(separator: " ")
        let question = target.firstIndex(of: "?") ?? target.endIndex
        var headers: [(name: String, value: String)] = []
        for line in lines.dropFirst() where !line.isEmpty {
            if line.hasPrefix(" "), let last = headers.popLast() {
                headers.append((last.name, last.value + "\n" + line))
            } else {
                let colon = try #require(line.firstIndex(of: ":"))
                headers.append((String(line[..<colon]), String(line[colon...].dropFirst())))
            }
        }
        headers.append(("X-Amz-Date", timestamp.dateTime))
        let hash = SigV4Signer.payloadHash(of: body)
        if context["sign_body"] == true { headers.append(("x-amz-content-sha256", hash)) }
        if let token = key["token"]?.string, context["omit_session_token"] != true {
            headers.append(("X-Amz-Security-Token", token))
        }
        canonicalRequest = CanonicalRequest(
            method: String(lines[0].prefix { $0 != " " }),
            path: String(target[..<question]),
            query: String(target[question...].dropFirst()),
            headers: headers,
            payloadHash: hash,
            normalizesPath: context["normalize"] == true
        )
    }

    func file(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
}
