import CCurl
import Glibc

/// Waits for many sockets at once, down to the microsecond.
///
/// Between two requests libcurl lets go of a connection's socket only to take it up again at once. Such a socket
/// stays registered, which saves two system calls a request; should it stir while nobody owns it, it is dropped then.
final class SocketPoller {
    private enum Registration: UInt8 { case none, idle, read, readWrite }

    private let set: Int32
    /// By socket.
    private var registrations: [Registration] = Array(repeating: .none, count: 256)
    private var events = [cpoll_event](repeating: cpoll_event(), count: 256)
    /// Which of the events have not been handed out yet.
    private var left = 0..<0

    init() {
        set = cpoll_create()
        precondition(set >= 0, "no epoll: error \(errno)")
        cpoll_sleep_precisely()
    }

    deinit { close(set) }

    /// Waits for what libcurl wants of `socket`: to read, and to write where `writing` says so.
    func watch(_ socket: Int32, writing: Bool) {
        register(socket, writing ? .readWrite : .read)
    }

    /// Nobody waits for `socket` any more, though it is still open.
    func rest(_ socket: Int32) {
        let current = registration(of: socket)
        guard current != .none, current != .idle else { return }
        if current == .readWrite { register(socket, .read) }
        registrations[Int(socket)] = .idle
    }

    /// `socket` is about to be closed, which takes it out of the kernel's set too.
    func forget(_ socket: Int32) {
        if registration(of: socket) != .none { registrations[Int(socket)] = .none }
    }

    /// The next socket that stirs, and what it is ready for, in libcurl's bits; nil when none does for `timeout`
    /// nanoseconds.
    func next(timeout: Nanoseconds) -> (socket: Int32, what: Int32)? {
        if left.isEmpty { left = 0..<Int(cpoll_wait(set, &events, Int32(events.count), timeout)) }
        while let index = left.popFirst() {
            let event = events[index]
            guard registration(of: event.socket) == .idle else { return (event.socket, event.what) }
            _ = cpoll_change_socket(set, CPOLL_REMOVE, event.socket, 0)
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
        _ = cpoll_change_socket(set, current == .none ? CPOLL_ADD : CPOLL_MODIFY, socket, wanted == .readWrite ? 1 : 0)
    }
}
