/// A line of a haiku, or a part of one.
package struct Phrase: Sendable {
    package let text: String
    /// The pronunciation in hiragana, which determines the number of morae.
    package let reading: String

    private init(_ text: String, _ reading: String) {
        self.text = text
        self.reading = reading
    }

    /// First lines of five morae, mostly a season word (kigo) with a cutting word (kireji).
    package static let openings = [
        Phrase("菜の花や", "なのはなや"), Phrase("古池や", "ふるいけや"), Phrase("名月や", "めいげつや"),
        Phrase("夏草や", "なつくさや"), Phrase("山吹や", "やまぶきや"), Phrase("秋風や", "あきかぜや"),
        Phrase("初雪や", "はつゆきや"), Phrase("五月雨や", "さみだれや"), Phrase("夕顔や", "ゆうがおや"),
        Phrase("朝顔や", "あさがおや"), Phrase("春雨や", "はるさめや"), Phrase("木枯や", "こがらしや"),
        Phrase("白露や", "しらつゆや"), Phrase("若竹や", "わかたけや"), Phrase("夕立や", "ゆうだちや"),
        Phrase("稲妻や", "いなずまや"), Phrase("初春や", "はつはるや"), Phrase("炎天や", "えんてんや"),
        Phrase("閑かさや", "しずかさや"), Phrase("夜桜や", "よざくらや"), Phrase("若草や", "わかくさや"),
        Phrase("紫陽花や", "あじさいや"), Phrase("蝉時雨", "せみしぐれ"), Phrase("天の川", "あまのがわ"),
        Phrase("雪解けて", "ゆきとけて"), Phrase("虫の音や", "むしのねや"), Phrase("山笑う", "やまわらう"),
        Phrase("水温む", "みずぬるむ"), Phrase("花吹雪", "はなふぶき"), Phrase("秋深し", "あきふかし"),
        Phrase("霜の朝", "しものあさ"), Phrase("月明かり", "つきあかり"),
    ]

    /// The first four morae of a second line.
    package static let adverbs = [
        Phrase("かすかに", "かすかに"), Phrase("静かに", "しずかに"), Phrase("はるかに", "はるかに"),
        Phrase("ゆっくり", "ゆっくり"), Phrase("遠くに", "とおくに"), Phrase("ひとりで", "ひとりで"),
        Phrase("まっすぐ", "まっすぐ"), Phrase("今年も", "ことしも"), Phrase("ふたたび", "ふたたび"),
        Phrase("ほのかに", "ほのかに"), Phrase("たちまち", "たちまち"), Phrase("風にも", "かぜにも"),
        Phrase("朝から", "あさから"), Phrase("水面に", "みなもに"), Phrase("月夜に", "つきよに"),
        Phrase("ふるさと", "ふるさと"), Phrase("いつしか", "いつしか"), Phrase("雨夜に", "あまよに"),
        Phrase("旅路に", "たびじに"), Phrase("母にも", "ははにも"), Phrase("明るく", "あかるく"),
        Phrase("にわかに", "にわかに"), Phrase("夜風に", "よかぜに"), Phrase("おぼろに", "おぼろに"),
        Phrase("しみじみ", "しみじみ"), Phrase("名残に", "なごりに"), Phrase("夜明けに", "よあけに"),
        Phrase("みやこに", "みやこに"), Phrase("小声で", "こごえで"), Phrase("ひそかに", "ひそかに"),
        Phrase("ひたすら", "ひたすら"), Phrase("窓辺に", "まどべに"),
    ]

    /// The last three morae of a second line: a verb that modifies the third line.
    package static let verbs = [
        Phrase("見ゆる", "みゆる"), Phrase("眠る", "ねむる"), Phrase("光る", "ひかる"), Phrase("揺れる", "ゆれる"),
        Phrase("暮れる", "くれる"), Phrase("濡れる", "ぬれる"), Phrase("香る", "かおる"), Phrase("歌う", "うたう"),
        Phrase("浮かぶ", "うかぶ"), Phrase("笑う", "わらう"), Phrase("流る", "ながる"), Phrase("沈む", "しずむ"),
        Phrase("聞こゆ", "きこゆ"), Phrase("集う", "つどう"), Phrase("乾く", "かわく"), Phrase("消ゆる", "きゆる"),
        Phrase("遊ぶ", "あそぶ"), Phrase("響く", "ひびく"), Phrase("踊る", "おどる"), Phrase("尽きぬ", "つきぬ"),
        Phrase("休む", "やすむ"), Phrase("古りし", "ふりし"), Phrase("続く", "つづく"), Phrase("燃ゆる", "もゆる"),
        Phrase("憩う", "いこう"), Phrase("うつる", "うつる"), Phrase("凍る", "こおる"), Phrase("語る", "かたる"),
        Phrase("帰る", "かえる"), Phrase("開く", "ひらく"), Phrase("残る", "のこる"), Phrase("急ぐ", "いそぐ"),
    ]

    /// Third lines of five morae: the subject.
    package static let closings = [
        Phrase("峠道", "とうげみち"), Phrase("渡し舟", "わたしぶね"), Phrase("最上川", "もがみがわ"),
        Phrase("水の音", "みずのおと"), Phrase("蝉の声", "せみのこえ"), Phrase("雪の宿", "ゆきのやど"),
        Phrase("山の寺", "やまのてら"), Phrase("寺の鐘", "てらのかね"), Phrase("遠花火", "とおはなび"),
        Phrase("大根引", "だいこひき"), Phrase("赤とんぼ", "あかとんぼ"), Phrase("かたつむり", "かたつむり"),
        Phrase("石畳", "いしだたみ"), Phrase("波の音", "なみのおと"), Phrase("旅ごろも", "たびごろも"),
        Phrase("宵の市", "よいのいち"), Phrase("子守唄", "こもりうた"), Phrase("麦の秋", "むぎのあき"),
        Phrase("竹の春", "たけのはる"), Phrase("春の海", "はるのうみ"), Phrase("冬の空", "ふゆのそら"),
        Phrase("秋の暮", "あきのくれ"), Phrase("夏の月", "なつのつき"), Phrase("花むしろ", "はなむしろ"),
        Phrase("片時雨", "かたしぐれ"), Phrase("鳥の道", "とりのみち"), Phrase("草の庵", "くさのいお"),
        Phrase("松の影", "まつのかげ"), Phrase("雲の峰", "くものみね"), Phrase("星祭", "ほしまつり"),
        Phrase("虹の橋", "にじのはし"), Phrase("屋形船", "やかたぶね"), Phrase("露の玉", "つゆのたま"),
        Phrase("軒の雨", "のきのあめ"), Phrase("笹の舟", "ささのふね"), Phrase("風の色", "かぜのいろ"),
        Phrase("鹿の声", "しかのこえ"), Phrase("猫の恋", "ねこのこい"), Phrase("稲の波", "いねのなみ"),
        Phrase("土の橋", "つちのはし"), Phrase("里の秋", "さとのあき"), Phrase("沖の船", "おきのふね"),
        Phrase("夢の跡", "ゆめのあと"), Phrase("枯野道", "かれのみち"), Phrase("蛍籠", "ほたるかご"),
        Phrase("隅田川", "すみだがわ"), Phrase("富士の山", "ふじのやま"), Phrase("朝の市", "あさのいち"),
    ]
}
