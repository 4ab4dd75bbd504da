import CCurl
import Glibc

/// Sends requests over HTTP with libcurl, each slot with an easy handle of its own that is set up once and used again.
///
/// It belongs to one thread; another thread has another.
public final class CurlTransport: LoadTransport {
    /// One easy handle, where its reply goes, and what it is set up for.
    private struct Slot {
        let easy: CurlMulti.Easy
        let capture: UnsafeMutablePointer<ccurl_capture>
        var method: Method?
        var readsHeaders = false
        var parts: ResponseParts = []
    }

    /// What the handle's options depend on.
    private enum Method { case get, post, patch, delete }

    /// How many requests may be under way at once.
    public let slots: Int

    private let endpoint: Endpoint
    private let settings: ConnectionSettings
    private let multi: CurlMulti
    private let clock = SystemClock()
    private var table: [Slot] = []
    private let listURL: ParsedURL?
    private let postURL: ParsedURL?
    private let headers: HeaderLists

    /// A transport to `endpoint` with at most `slots` connections. Nothing is connected yet.
    public init(endpoint: Endpoint, settings: ConnectionSettings, slots: Int) {
        self.endpoint = endpoint
        self.settings = settings
        self.slots = slots
        multi = CurlMulti(connections: slots)
        listURL = ParsedURL(endpoint.list(limit: settings.limit))
        postURL = ParsedURL(endpoint.haiku)
        headers = HeaderLists(settings)
        table.reserveCapacity(slots)
        for index in 0..<slots { table.append(makeSlot(index)) }
    }

    deinit {
        for slot in table {
            multi.remove(slot.easy)
            curl_easy_cleanup(slot.easy)
            free(slot.capture.pointee.body)
            slot.capture.deallocate()
        }
    }

    /// Starts `request`; see ``LoadTransport``.
    public func send(_ request: APIRequest, in slot: Int, wanting parts: ResponseParts) {
        let easy = table[slot].easy
        ccurl_reset_capture(table[slot].capture)
        table[slot].capture.pointee.keep_body = parts.contains(.body)
        table[slot].parts = parts
        if parts.contains(.headers) != table[slot].readsHeaders {
            table[slot].readsHeaders.toggle()
            _ = ccurl_set_capture_headers(easy, table[slot].capture, table[slot].readsHeaders)
        }
        switch request {
        case .list:
            setUp(slot, for: .get)
            setURL(of: easy, to: listURL)
        case .page(let url):
            setUp(slot, for: .get)
            setURL(of: easy, to: settings.signature == nil ? url : CanonicalURL.sortingQuery(of: url))
        case .post(let body):
            setUp(slot, for: .post)
            setURL(of: easy, to: postURL)
            _ = ccurl_set_post_body(easy, body, body.count)
        case .like(let id):
            setUp(slot, for: .patch)
            setURL(of: easy, to: endpoint.haiku(id))
        case .delete(let id):
            setUp(slot, for: .delete)
            setURL(of: easy, to: endpoint.haiku(id))
        }
        multi.start(easy)
    }

    /// Waits for replies; see ``LoadTransport``.
    public func wait(until deadline: Nanoseconds, into replies: inout [APIResponse]) {
        multi.wait(until: deadline) { easy, code in
            replies.append(reply(of: ccurl_get_private(easy), code))
        }
    }

    // MARK: Setting up

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
            // Rather share a connection that is being made than make another.
            _ = ccurl_set_long(easy, CURLOPT_PIPEWAIT, 1)
        }
        if !Self.environmentHasProxy {
            // libcurl would look for one, and for exceptions from it, before every request.
            _ = ccurl_set_string(easy, CURLOPT_PROXY, "")
            _ = ccurl_set_string(easy, CURLOPT_NOPROXY, "*")
        }
        if let signature = settings.signature {
            _ = ccurl_set_string(easy, CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):execute-api")
            _ = ccurl_set_string(easy, CURLOPT_USERNAME, signature.accessKeyID)
            _ = ccurl_set_string(easy, CURLOPT_PASSWORD, signature.secretAccessKey)
        }
        return Slot(easy: easy, capture: capture)
    }

    private static let environmentHasProxy = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        .contains { (name: String) in getenv(name) != nil }

    private func setUp(_ slot: Int, for method: Method) {
        guard table[slot].method != method else { return }
        let easy = table[slot].easy
        // The last post's body would go into the signature of what follows.
        if table[slot].method == .post { _ = ccurl_set_string(easy, CURLOPT_POSTFIELDS, nil) }
        if method != .post { _ = ccurl_set_long(easy, CURLOPT_HTTPGET, 1) }
        table[slot].method = method
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
            case .post: headers.post
            case .patch: headers.patch
            }
        _ = ccurl_set_list(easy, CURLOPT_HTTPHEADER, list)
    }

    /// A URL that was parsed beforehand saves libcurl that work in every request.
    private func setURL(of easy: CurlMulti.Easy, to url: ParsedURL?) {
        _ = ccurl_set_parsed_url(easy, url?.handle)
    }

    private func setURL(of easy: CurlMulti.Easy, to url: String) {
        _ = ccurl_set_parsed_url(easy, nil)
        _ = ccurl_set_string(easy, CURLOPT_URL, url)
    }

    // MARK: Replies

    private func reply(of index: Int, _ code: CURLcode) -> APIResponse {
        let slot = table[index]
        var summary = ccurl_summary()
        ccurl_get_summary(slot.easy, &summary)
        let outcome: APIResponse.Outcome =
            code == CURLE_OK ? .status(summary.status) : .failure(TransportFailure(code))
        var reply = APIResponse(slot: index, outcome: outcome, finishedAt: clock.now())
        reply.phases = PhaseTimes(summary)
        reply.bytesReceived = Int(summary.bytes_received)
        reply.bytesSent = Int(summary.bytes_sent)
        if slot.parts.contains(.body), slot.capture.pointee.body_length > 0 {
            reply.body = Array(
                UnsafeRawBufferPointer(start: slot.capture.pointee.body, count: slot.capture.pointee.body_length)
            )
        }
        if slot.parts.contains(.headers) {
            reply.itemID = withUnsafeBytes(of: &slot.capture.pointee.location, Self.text)
                .flatMap(endpoint.itemID(inLocation:))
            reply.link = withUnsafeBytes(of: &slot.capture.pointee.link, Self.text)
        }
        if code != CURLE_OK {
            reply.message =
                withUnsafeBytes(of: &slot.capture.pointee.error, Self.text) ?? String(cString: curl_easy_strerror(code))
        }
        return reply
    }

    /// The text up to the first 0; nil when it is empty.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        let text = bytes.prefix { $0 != 0 }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }
}
