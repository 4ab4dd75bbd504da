import CCurl

extension PhaseTimes {
    init(_ summary: ccurl_summary, sentAt: Nanoseconds, firstByteAt: Nanoseconds) {
        func duration(_ start: curl_off_t, _ end: curl_off_t) -> Nanoseconds { UInt64(max(end - start, 0)) * 1000 }
        self.init()
        if summary.new_connections > 0 {
            if summary.name_lookup > 0 { nameLookup = duration(0, summary.name_lookup) }
            if summary.connect > 0 { connect = duration(summary.name_lookup, summary.connect) }
            if summary.tls > 0 { tls = duration(summary.connect, summary.tls) }
        }
        if sentAt > 0, firstByteAt >= sentAt { firstByte = firstByteAt - sentAt }
        whole = duration(0, summary.total)
    }
}

extension TransportFailure {
    init(_ code: CURLcode) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .nameLookup
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY: self = .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND:
            self = .tls
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self = .connectionLost
        default: self = .other
        }
    }
}
