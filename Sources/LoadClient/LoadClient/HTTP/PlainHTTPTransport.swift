import CCurl
import Glibc
import HTTPConnection
import HTTPMessage
import NIOCore

/// Sends requests over HTTP/1.1 without TLS, in about half of the CPU time that libcurl takes
/// (docs/decisions/010-load-client-transport.md). Each slot has a connection, which it reuses.
///
/// An instance must be used on one thread only.
final class PlainHTTPTransport: LoadTransport {
    private static let bytesPerRead = 1 << 16

    let slots: Int
    private let server: PlainHTTPServer
    private let endpoint: Endpoint
    private let timeout: Nanoseconds
    private let poller = SocketPoller()
    private let clock = SystemClock()
    private let connections: [PlainHTTPConnection]
    /// Indexed by socket.
    private var slotOfSocket: [Int] = Array(repeating: 0, count: 256)
    private var ended: [APIResponse] = []
    private var input = ByteBuffer()
    /// No request times out before this.
    private var nextTimeout = Nanoseconds.max

    init(to server: PlainHTTPServer, endpoint: Endpoint, timeout: Nanoseconds, slots: Int) {
        self.server = server
        self.endpoint = endpoint
        self.timeout = timeout
        self.slots = slots
        connections = (0..<slots).map { PlainHTTPConnection(slot: $0) }
    }

    deinit {
        for connection in connections where connection.socket >= 0 { Glibc.close(connection.socket) }
    }

    func now() -> Nanoseconds { clock.now() }

    func send(_ request: APIRequest, in slot: Int, keeping parts: ResponseParts) {
        let connection = connections[slot]
        connection.begin(at: clock.now(), keeping: parts)
        server.write(request, to: &connection.output)
        nextTimeout = min(nextTimeout, connection.startedAt + timeout)
        if connection.socket >= 0 { write(to: connection) } else { open(connection) }
    }

    func wait(until deadline: Nanoseconds, into responses: inout [APIResponse]) {
        while true {
            if !ended.isEmpty {
                // The worker's array is empty; exchanging the two saves a copy.
                if responses.isEmpty { return swap(&responses, &ended) }
                responses += ended
                return ended.removeAll(keepingCapacity: true)
            }
            let now = clock.now()
            if now >= nextTimeout {
                expire(at: now)
                continue
            }
            let wake = min(deadline, nextTimeout)
            if let (socket, events) = poller.next(timeout: wake > now ? wake - now : 0) {
                handle(connections[slotOfSocket[Int(socket)]], events)
            } else if deadline <= now {
                return
            }
        }
    }

    private func handle(_ connection: PlainHTTPConnection, _ events: Int32) {
        if connection.isConnecting { return finishConnecting(connection) }
        if events & CURL_CSELECT_OUT != 0, connection.output.readableBytes > 0 { write(to: connection) }
        if events & (CURL_CSELECT_IN | CURL_CSELECT_ERR) != 0, connection.socket >= 0 { read(from: connection) }
    }

    // MARK: Connecting

    /// Connects to the next address of the server that has not been tried for the request.
    private func open(_ connection: PlainHTTPConnection) {
        while connection.triedAddresses < server.addresses.count {
            let address = server.addresses[connection.triedAddresses]
            connection.triedAddresses += 1
            let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            let socket = Glibc.socket(address.protocol.rawValue, type, 0)
            guard socket >= 0 else { continue }
            var isOn: CInt = 1
            setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<CInt>.size))
            guard address.withSockAddr({ connect(socket, $0, socklen_t($1)) }) == 0 || errno == EINPROGRESS else {
                Glibc.close(socket)
                continue
            }
            if slotOfSocket.count <= Int(socket) {
                slotOfSocket += Array(repeating: 0, count: Int(socket) + 1 - slotOfSocket.count)
            }
            slotOfSocket[Int(socket)] = connection.slot
            (connection.socket, connection.isConnecting) = (socket, true)
            return poller.watch(socket, writing: true)
        }
        end(connection, .failure(server.addresses.isEmpty ? .nameLookup : .connect))
    }

    private func finishConnecting(_ connection: PlainHTTPConnection) {
        var (error, size): (CInt, socklen_t) = (0, socklen_t(MemoryLayout<CInt>.size))
        getsockopt(connection.socket, SOL_SOCKET, SO_ERROR, &error, &size)
        guard error == 0 else {
            close(connection)
            return open(connection)
        }
        connection.isConnecting = false
        connection.connectTime = clock.now() - connection.startedAt
        write(to: connection)
    }

    private func close(_ connection: PlainHTTPConnection) {
        guard connection.socket >= 0 else { return }
        poller.willClose(connection.socket)
        Glibc.close(connection.socket)
        (connection.socket, connection.isConnecting) = (-1, false)
    }

    // MARK: Exchanging

    private func write(to connection: PlainHTTPConnection) {
        if connection.sentAt == 0 { connection.sentAt = clock.now() }
        let count = connection.output.withUnsafeReadableBytes {
            Glibc.send(connection.socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        guard count >= 0 || errno == EAGAIN || errno == EINTR else { return fail(connection, .connectionLost) }
        connection.output.moveReaderIndex(forwardBy: max(count, 0))
        connection.bytesSent += max(count, 0)
        poller.watch(connection.socket, writing: connection.output.readableBytes > 0)
    }

    private func read(from connection: PlainHTTPConnection) {
        // Reuses the memory, unless the parser of an incomplete response still references it.
        input.clear(minimumCapacity: Self.bytesPerRead)
        var count = 0
        input.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.bytesPerRead) {
            count = recv(connection.socket, $0.baseAddress, $0.count, 0)
            return max(count, 0)
        }
        guard count >= 0 || errno != EAGAIN && errno != EINTR else { return }
        // The server has closed the idle connection, or sent an unrequested response.
        guard connection.isBusy else { return close(connection) }
        do throws(HTTPResponseParser.Failure) {
            if count > 0 {
                if connection.firstByteAt == 0 { connection.firstByteAt = clock.now() }
                connection.bytesReceived += count
                guard let (response, isKeepAlive) = try connection.parser.receive(input) else { return }
                if !isKeepAlive || connection.parser.hasBegun || connection.output.readableBytes > 0 {
                    close(connection)
                }
                end(connection, .status(response.status), response)
            } else {
                close(connection)
                let response = try connection.parser.finish()
                end(connection, .status(response.status), response)
            }
        } catch {
            switch error {
            case .malformed, .tooLarge: fail(connection, .other)
            case .cutOff, .missing: fail(connection, .connectionLost)
            }
        }
    }

    private func expire(at now: Nanoseconds) {
        nextTimeout = .max
        for connection in connections where connection.isBusy {
            if connection.startedAt + timeout <= now {
                fail(connection, .timeout)
            } else {
                nextTimeout = min(nextTimeout, connection.startedAt + timeout)
            }
        }
    }

    private func fail(_ connection: PlainHTTPConnection, _ failure: TransportFailure) {
        close(connection)
        end(connection, .failure(failure))
    }

    private func end(
        _ connection: PlainHTTPConnection, _ outcome: APIResponse.Outcome, _ response: HTTPResponse? = nil
    ) {
        var result = APIResponse(slot: connection.slot, outcome: outcome, finishedAt: clock.now())
        result.phases.connect = connection.connectTime
        if connection.firstByteAt > 0 { result.phases.firstByte = connection.firstByteAt - connection.sentAt }
        result.phases.whole = result.finishedAt - connection.startedAt
        result.bytesReceived = connection.bytesReceived
        result.bytesSent = connection.bytesSent
        if let response {
            result.retryAfter = response.headers.first(name: "retry-after").flatMap(ResponseHeaders.retryAfter)
            result.initDuration = response.headers.first(name: "server-timing").flatMap(ResponseHeaders.initDuration)
            if connection.parts.contains(.headers) {
                result.location = response.headers.first(name: "location")
                result.itemID = result.location.flatMap(endpoint.itemID(inLocation:))
                result.link = response.headers.first(name: "link")
            }
            if connection.parts.contains(.body) { result.body = Array(response.body.readableBytesView) }
        }
        connection.end()
        ended.append(result)
    }
}

/// The connection of a slot, and the request that it carries.
final class PlainHTTPConnection {
    let slot: Int
    /// -1 if there is none.
    var socket: Int32 = -1
    var isConnecting = false
    private(set) var isBusy = false
    /// The part of the request that has not been sent.
    var output = ByteBuffer()
    var parser = HTTPResponseParser(maximumBodyBytes: 0)
    private(set) var parts: ResponseParts = []
    /// The number of the server's addresses that were tried for the request.
    var triedAddresses = 0
    private(set) var startedAt: Nanoseconds = 0
    /// nil if the connection was reused.
    var connectTime: Nanoseconds?
    /// 0 if not reached.
    var sentAt: Nanoseconds = 0
    /// 0 if not reached.
    var firstByteAt: Nanoseconds = 0
    var bytesSent = 0
    var bytesReceived = 0

    init(slot: Int) { self.slot = slot }

    func begin(at time: Nanoseconds, keeping parts: ResponseParts) {
        (isBusy, self.parts, startedAt) = (true, parts, time)
        (triedAddresses, connectTime, sentAt, firstByteAt) = (0, nil, 0, 0)
        (bytesSent, bytesReceived) = (0, 0)
        parser = HTTPResponseParser(maximumBodyBytes: 64 << 20)
    }

    func end() {
        isBusy = false
        output.clear()
        // Releases the memory that the response was read into.
        parser = HTTPResponseParser(maximumBodyBytes: 0)
    }
}
