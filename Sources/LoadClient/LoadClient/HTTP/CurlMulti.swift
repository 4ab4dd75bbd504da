import CCurl
import Glibc

/// libcurl's multi interface with `curl_multi_socket_action`: many concurrent transfers on one thread, over reused
/// connections.
///
/// An instance must be used on one thread only.
final class CurlMulti {
    typealias Easy = UnsafeMutableRawPointer

    private let multi: UnsafeMutableRawPointer
    private let poller = SocketPoller()
    private let clock = SystemClock()
    /// When libcurl's timer fires; nil if it is not set.
    private var timerDue: Nanoseconds?

    /// - Parameter connections: The maximum number of idle connections to keep.
    init(connections: Int) {
        Self.initializeLibrary
        guard let multi = curl_multi_init() else { preconditionFailure("curl_multi_init: out of memory") }
        self.multi = multi
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
        let context = Unmanaged.passUnretained(self).toOpaque()
        let onSocket: curl_socket_callback = { _, socket, what, context, _ in
            if let context { CurlMulti.at(context).socketChanged(socket, what) }
            return 0
        }
        let onTimer: curl_multi_timer_callback = { _, milliseconds, context in
            if let context { CurlMulti.at(context).timerChanged(milliseconds) }
            return 0
        }
        _ = ccurl_multi_set_callbacks(multi, onSocket, onTimer, context)
    }

    deinit { curl_multi_cleanup(multi) }

    /// Creates a handle for one transfer at a time. The caller must free it before this object, with ``remove(_:)`` and
    /// then `curl_easy_cleanup`.
    func makeEasy() -> Easy {
        guard let easy = curl_easy_init() else { preconditionFailure("curl_easy_init: out of memory") }
        let onClose: curl_closesocket_callback = { context, socket in
            if let context { CurlMulti.at(context).poller.willClose(socket) }
            return close(socket)
        }
        _ = ccurl_set_close_callback(easy, onClose, Unmanaged.passUnretained(self).toOpaque())
        return easy
    }

    /// Adds the transfer, which starts in the next ``wait(until:finished:)``.
    func start(_ easy: Easy) {
        let code = curl_multi_add_handle(multi, easy)
        precondition(code == CURLM_OK, "curl_multi_add_handle failed with CURLMcode \(code.rawValue)")
    }

    /// Removes the transfer, whether it has ended or not.
    func remove(_ easy: Easy) {
        curl_multi_remove_handle(multi, easy)
    }

    /// Runs the transfers until one ends, at most until `deadline`, and calls `finished` for each that has ended.
    ///
    /// It returns as soon as one has ended, so that the caller can send the next request before the responses of the
    /// others are read.
    func wait(until deadline: Nanoseconds, finished: (Easy, CURLcode) -> Void) {
        while true {
            fireTimer()
            if collect(finished) { return }
            let now = clock.now()
            let wake = min(deadline, timerDue ?? deadline)
            if let (socket, events) = poller.next(timeout: wake > now ? wake - now : 0) {
                var running: Int32 = 0
                curl_multi_socket_action(multi, socket, events, &running)
                if collect(finished) { return }
            } else if deadline <= now {
                return
            }
        }
    }

    private func collect(_ finished: (Easy, CURLcode) -> Void) -> Bool {
        var hasFinished = false
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            curl_multi_remove_handle(multi, easy)
            finished(easy, code)
            hasFinished = true
        }
        return hasFinished
    }

    private func fireTimer() {
        guard let due = timerDue, due <= clock.now() else { return }
        timerDue = nil
        var running: Int32 = 0
        curl_multi_socket_action(multi, -1, 0, &running)
    }

    private func socketChanged(_ socket: curl_socket_t, _ what: Int32) {
        switch what {
        case CURL_POLL_IN: poller.watch(socket, writing: false)
        case CURL_POLL_OUT, CURL_POLL_INOUT: poller.watch(socket, writing: true)
        default: poller.unwatch(socket)
        }
    }

    private func timerChanged(_ milliseconds: Int) {
        switch milliseconds {
        case ..<0: timerDue = nil
        case 0: timerDue = 0
        default: timerDue = clock.now() + UInt64(milliseconds) * 1_000_000
        }
    }

    private static func at(_ context: UnsafeMutableRawPointer) -> CurlMulti {
        Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
    }

    /// Must run once in a process, before any other function of libcurl.
    private static let initializeLibrary: Void = {
        curl_global_init(Int(CURL_GLOBAL_ALL))
    }()
}
