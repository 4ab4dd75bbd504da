import LoadClient
import Testing

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
@Suite
struct DocumentationExamples {
    @Test
    func `a seed determines the first haiku`() {
        var generator = HaikuGenerator(seed: 42)
        let haiku = generator.next()  // 蝉時雨 / 夜風に残る / 大根引
        #expect([haiku.first, haiku.second, haiku.third] == ["蝉時雨", "夜風に残る", "大根引"])
    }
}
