import CCurl
import Glibc

/// Waits for events on many sockets with epoll, with timeouts accurate to microseconds.
///
/// libcurl stops watching a connection's socket after each request and watches it again for the next. Such an idle socket
/// stays registered, which saves two system calls per request; it is removed only if an event arrives while it is idle.
final class SocketPoller {
    private enum Registration: UInt8 { case none, idle, read, readWrite }

    private let epoll: Int32
    /// Indexed by socket.
    private var registrations: [Registration] = Array(repeating: .none, count: 256)
    private var events = [cpoll_event](repeating: cpoll_event(), count: 256)
    /// The indices of the events that have not been returned yet.
    private var unread = 0..<0

    init() {
        epoll = cpoll_create()
        precondition(epoll >= 0, "epoll_create1 failed with errno \(errno)")
        cpoll_minimize_timer_slack()
    }

    deinit { close(epoll) }

    /// Watches `socket` for being readable, and also for being writable if `writing` is true.
    func watch(_ socket: Int32, writing: Bool) {
        register(socket, writing ? .readWrite : .read)
    }

    /// Stops watching `socket`, which stays open.
    func unwatch(_ socket: Int32) {
        let current = registration(of: socket)
        guard current != .none, current != .idle else { return }
        if current == .readWrite { register(socket, .read) }
        registrations[Int(socket)] = .idle
    }

    /// Must be called before `socket` is closed. Closing it removes it from the epoll instance.
    func willClose(_ socket: Int32) {
        if registration(of: socket) != .none { registrations[Int(socket)] = .none }
    }

    /// Waits for an event, at most for `timeout`.
    ///
    /// - Returns: The socket and its `CURL_CSELECT_` bits; nil if there was no event, which may be before the timeout.
    func next(timeout: Nanoseconds) -> (socket: Int32, events: Int32)? {
        if unread.isEmpty { unread = 0..<Int(cpoll_wait(epoll, &events, Int32(events.count), timeout)) }
        while let index = unread.popFirst() {
            let event = events[index]
            guard registration(of: event.socket) == .idle else { return (event.socket, event.events) }
            _ = cpoll_change_socket(epoll, CPOLL_REMOVE, event.socket, 0)
            registrations[Int(event.socket)] = .none
        }
        return nil
    }

    private func registration(of socket: Int32) -> Registration {
        Int(socket) < registrations.count ? registrations[Int(socket)] : .none
    }

    private func register(_ socket: Int32, _ wanted: Registration) {
        let current = registration(of: socket)
        guard current != wanted else { return }
        if Int(socket) >= registrations.count {
            registrations += Array(repeating: .none, count: Int(socket) + 1 - registrations.count)
        }
        registrations[Int(socket)] = wanted
        if current == .idle, wanted == .read { return }
        _ = cpoll_change_socket(
            epoll, current == .none ? CPOLL_ADD : CPOLL_MODIFY, socket, wanted == .readWrite ? 1 : 0)
    }
}
