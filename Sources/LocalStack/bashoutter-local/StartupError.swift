/// An error that keeps the local stack from starting.
enum StartupError: Error, CustomStringConvertible {
    case portInUse(Int, option: String, by: PortOwner?)
    case portNotPermitted(Int, option: String)
    case missingFolder(String, option: String)
    case missingExecutables([String], directory: String)
    case tableNotCreated(String, reason: String)
    case unsupportedPolicies([String])

    var description: String {
        switch self {
        case .portInUse(let port, _, let owner?) where owner.name == "bashoutter-local":
            "port \(port) is in use by another bashoutter-local, process \(owner.processID): use http://127.0.0.1:\(port), or "
                + "stop it with `kill \(owner.processID)`, or start a second one with other ports and another folder, such as "
                + "--port 8081 --dynamodb-port 8001 --data .bashoutter-2"
        case .portInUse(let port, let option, let owner):
            "port \(port) is in use by \(owner.map { "\($0.name), process \($0.processID)" } ?? "another program"); stop that "
                + "program or choose another port with \(option)"
        case .portNotPermitted(let port, let option):
            "this user is not permitted to listen on port \(port); choose a port of 1024 or more with \(option)"
        case .missingFolder(let path, let option):
            "\(path) is not a folder; set \(option) to an existing folder"
        case .missingExecutables(let names, let directory):
            "no executables for \(names.joined(separator: ", ")) in \(directory); build the functions with "
                + "`script/build`, or set their folder with --functions"
        case .tableNotCreated(let name, let reason):
            "could not create table \(name): \(reason)"
        case .unsupportedPolicies(let policies):
            "--enforce-iam supports only inline policy statements; the template also has "
                + policies.joined(separator: ", ") + "; omit the option, or write them as statements"
        }
    }
}
