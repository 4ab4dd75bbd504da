import CCurl
import Glibc

/// Sends requests with libcurl. Each slot reuses one easy handle.
///
/// An instance must be used on one thread only.
package final class CurlTransport: LoadTransport {
    /// An easy handle, the buffers for its response, and the options that are set.
    private struct Slot {
        let easy: CurlMulti.Easy
        let capture: UnsafeMutablePointer<ccurl_capture>
        let headers: KeyedHeaders
        var method: Method?
        var parts: ResponseParts = []
    }

    private enum Method { case get, post, patch, delete }

    package let slots: Int

    package func now() -> Nanoseconds { clock.now() }

    private let endpoint: Endpoint
    private let settings: ConnectionSettings
    private let multi: CurlMulti
    private let clock = SystemClock()
    private var handles: [Slot] = []
    private let listURL: ParsedURL?
    private let postURL: ParsedURL?
    private let headers: HeaderLists

    /// - Parameter slots: The maximum number of concurrent requests, and so of connections.
    package init(endpoint: Endpoint, settings: ConnectionSettings, slots: Int) {
        self.endpoint = endpoint
        self.settings = settings
        self.slots = slots
        multi = CurlMulti(connections: slots)
        listURL = ParsedURL(endpoint.list(limit: settings.limit))
        postURL = ParsedURL(endpoint.haiku)
        headers = HeaderLists(settings)
        handles.reserveCapacity(slots)
        for index in 0..<slots { handles.append(makeSlot(index)) }
    }

    deinit {
        for slot in handles {
            multi.remove(slot.easy)
            curl_easy_cleanup(slot.easy)
            free(slot.capture.pointee.body)
            slot.capture.deallocate()
            slot.headers.deallocate()
        }
    }

    package func send(_ request: APIRequest, in slot: Int, keeping parts: ResponseParts) {
        let easy = handles[slot].easy
        ccurl_reset_capture(handles[slot].capture)
        handles[slot].capture.pointee.keep_body = parts.contains(.body)
        handles[slot].parts = parts
        switch request {
        case .list:
            setUp(slot, for: .get)
            setURL(of: easy, to: listURL)
        case .page(let url):
            setUp(slot, for: .get)
            setURL(of: easy, to: settings.signature == nil ? url : CanonicalURL.sortingQuery(of: url))
        case .post(let body, let key):
            handles[slot].headers.set(key)
            setUp(slot, for: .post)
            setURL(of: easy, to: postURL)
            _ = ccurl_set_post_body(easy, body, body.count)
        case .like(let id, let key):
            handles[slot].headers.set(key)
            setUp(slot, for: .patch)
            setURL(of: easy, to: endpoint.haiku(id))
        case .delete(let id):
            setUp(slot, for: .delete)
            setURL(of: easy, to: endpoint.haiku(id))
        }
        multi.start(easy)
    }

    package func wait(until deadline: Nanoseconds, into responses: inout [APIResponse]) {
        multi.wait(until: deadline) { easy, code in
            responses.append(response(inSlot: ccurl_get_private(easy), code))
        }
    }

    // MARK: Options

    private func makeSlot(_ index: Int) -> Slot {
        let easy = multi.makeEasy()
        let capture = UnsafeMutablePointer<ccurl_capture>.allocate(capacity: 1)
        capture.initialize(to: ccurl_capture())
        _ = ccurl_set_private(easy, index)
        _ = ccurl_set_capture(easy, capture)
        _ = ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        _ = ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, Int(max(settings.timeout / 1_000_000, 1)))
        _ = ccurl_set_string(easy, CURLOPT_USERAGENT, "bashoutter-client")
        if settings.acceptsAnyCertificate {
            _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 0)
            _ = ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 0)
        }
        _ = ccurl_set_long(
            easy,
            CURLOPT_HTTP_VERSION,
            settings.usesHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
        )
        if settings.usesHTTP2 {
            // Waits for a connection that is being established, to share it, instead of opening another.
            _ = ccurl_set_long(easy, CURLOPT_PIPEWAIT, 1)
        }
        if !Self.environmentHasProxy {
            // Otherwise libcurl would read the environment before every request.
            _ = ccurl_set_string(easy, CURLOPT_PROXY, "")
            _ = ccurl_set_string(easy, CURLOPT_NOPROXY, "*")
        }
        if let signature = settings.signature {
            _ = ccurl_set_string(easy, CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):execute-api")
            _ = ccurl_set_string(easy, CURLOPT_USERNAME, signature.accessKeyID)
            _ = ccurl_set_string(easy, CURLOPT_PASSWORD, signature.secretAccessKey)
        }
        return Slot(easy: easy, capture: capture, headers: KeyedHeaders(headers))
    }

    static let environmentHasProxy = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        .contains { (name: String) in getenv(name) != nil }

    private func setUp(_ slot: Int, for method: Method) {
        guard handles[slot].method != method else { return }
        let easy = handles[slot].easy
        // Otherwise the body of the previous POST would be part of the signature.
        if handles[slot].method == .post { _ = ccurl_set_string(easy, CURLOPT_POSTFIELDS, nil) }
        if method != .post { _ = ccurl_set_long(easy, CURLOPT_HTTPGET, 1) }
        handles[slot].method = method
        let name: String? =
            switch method {
            case .get, .post: nil
            case .patch: "PATCH"
            case .delete: "DELETE"
            }
        _ = ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, name)
        let list =
            switch method {
            case .get, .delete: headers.common
            case .post: headers.hasIdempotencyKey ? headers.post : handles[slot].headers.post
            case .patch: headers.hasIdempotencyKey ? headers.patch : handles[slot].headers.patch
            }
        _ = ccurl_set_list(easy, CURLOPT_HTTPHEADER, list)
    }

    /// Avoids parsing the URL for every request.
    private func setURL(of easy: CurlMulti.Easy, to url: ParsedURL?) {
        _ = ccurl_set_parsed_url(easy, url?.handle)
    }

    private func setURL(of easy: CurlMulti.Easy, to url: String) {
        _ = ccurl_set_parsed_url(easy, nil)
        _ = ccurl_set_string(easy, CURLOPT_URL, url)
    }

    // MARK: Responses

    private func response(inSlot index: Int, _ code: CURLcode) -> APIResponse {
        let slot = handles[index]
        var summary = ccurl_summary()
        ccurl_get_summary(slot.easy, &summary)
        // Reading a field through the pointer avoids copying the whole capture.
        let capture = slot.capture
        let outcome: APIResponse.Outcome =
            code == CURLE_OK
            ? .status(summary.status)
            : .failure(capture.pointee.was_repeated ? .connectionLost : TransportFailure(code))
        var response = APIResponse(slot: index, outcome: outcome, finishedAt: clock.now())
        response.phases = PhaseTimes(
            summary, sentAt: capture.pointee.sent_at, firstByteAt: capture.pointee.first_byte_at)
        response.bytesReceived = Int(summary.bytes_received)
        response.bytesSent = Int(summary.bytes_sent)
        if slot.parts.contains(.body), slot.capture.pointee.body_length > 0 {
            response.body = Array(
                UnsafeRawBufferPointer(start: slot.capture.pointee.body, count: slot.capture.pointee.body_length)
            )
        }
        response.location = withUnsafeBytes(of: &slot.capture.pointee.location, Self.text)
        response.retryAfter = withUnsafeBytes(of: &slot.capture.pointee.retry_after, Self.text)
            .flatMap(ResponseHeaders.retryAfter)
        response.initDuration = withUnsafeBytes(of: &slot.capture.pointee.server_timing, Self.text)
            .flatMap(ResponseHeaders.initDuration)
        if slot.parts.contains(.headers) {
            response.itemID = response.location.flatMap(endpoint.itemID(inLocation:))
            response.link = withUnsafeBytes(of: &slot.capture.pointee.link, Self.text)
        }
        if code != CURLE_OK {
            response.failureMessage =
                slot.capture.pointee.was_repeated
                ? "the connection was closed before the response"
                : withUnsafeBytes(of: &slot.capture.pointee.error, Self.text)
                    ?? String(cString: curl_easy_strerror(code))
        }
        return response
    }

    /// The string up to the first NUL; nil if it is empty.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.first != 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
