/// An error that keeps the local stack from starting.
enum StartupError: Error, CustomStringConvertible {
    case portInUse(Int, option: String)
    case missingExecutables([String], directory: String)
    case tableNotCreated(String, reason: String)
    case unsupportedPolicies([String])

    var description: String {
        switch self {
        case .portInUse(let port, let option):
            "port \(port) is in use by another program; stop that program or choose another port with \(option)"
        case .missingExecutables(let names, let directory):
            "no executables for \(names.joined(separator: ", ")) in \(directory); build the functions with "
                + "`swift build -c release`, or set their folder with --functions"
        case .tableNotCreated(let name, let reason):
            "could not create table \(name): \(reason)"
        case .unsupportedPolicies(let policies):
            "--enforce-iam supports only inline policy statements; the template also has "
                + policies.joined(separator: ", ")
        }
    }
}
