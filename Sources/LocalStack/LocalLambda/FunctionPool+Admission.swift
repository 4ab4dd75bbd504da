extension FunctionPool {
    /// Decides on a request, and counts it if it is rejected.
    func admission(endsConnection: Bool) -> Admission {
        // What fails at once needs no place.
        guard !state.failsFast else { return .admitted(nil) }
        guard room.admitted.hasPlace(besides: admitted), state.acceptsInvocation else {
            log.countRejection()
            return .refused(room.turnOfRefusal(endsConnection: endsConnection))
        }
        return .admitted(Place(enter: enter, exit: exit))
    }

    private func enter() -> Bool {
        guard room.admitted.enter(besides: admitted) else { return false }
        admitted += 1
        return true
    }

    private func exit() {
        admitted -= 1
        room.admitted.leave(admitted)
    }
}
