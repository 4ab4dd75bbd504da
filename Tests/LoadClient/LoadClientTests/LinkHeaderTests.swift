import LoadClient
import Testing

struct LinkHeaderTests {
    @Test(arguments: [
        ("<?limit=2&cursor=a>; rel=\"next\"", "?limit=2&cursor=a"),
        ("<?c=a>;rel=next", "?c=a"),
        ("<?p=1>; rel=\"prev\", <?p=3>; rel=\"next\"", "?p=3"),
        ("<?p=1>; title=\"a, <b>; rel=next\"; rel=prev, <?p=3>; REL=\"Next last\"", "?p=3"),
        ("<?p=1>; rel=prev; rel=next", nil),
        ("<?p=1>; title=\"\\\"\"; rel=next", "?p=1"),
        ("<?p=1> ; rel = next", "?p=1"),
        ("<?p=1>", nil), ("", nil), ("<?p=1", nil), ("?p=1; rel=next", nil), ("<?p=1>; rel=\"nextish\"", nil),
        ("<?p=1>; flag; rel=next", "?p=1"),
    ])
    func `the next link is found in a Link header`(header: String, target: String?) {
        #expect(LinkHeader.target(of: "next", in: header) == target)
    }
}
