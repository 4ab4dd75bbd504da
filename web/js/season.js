// The solar term (二十四節気) of a date and its season word (季語).

/** From the vernal equinox, 15° of solar longitude each: the term and three season words, each with its English. */
const TERMS = `春分 Vernal Equinox|彼岸 equinox week|燕 swallows|木の芽 leaf buds
清明 Clear and Bright|初桜 first cherry blossoms|春の月 spring moon|蝶 butterflies
穀雨 Grain Rain|藤 wisteria|蛙 frogs|行く春 departing spring
立夏 Start of Summer|若葉 young leaves|薫風 fragrant breeze|菖蒲 irises
小満 Grain Buds|新茶 new tea|麦秋 barley harvest|紅の花 safflowers
芒種 Grain in Ear|蛍 fireflies|梅雨 rainy season|紫陽花 hydrangeas
夏至 Summer Solstice|短夜 short night|田植 rice planting|合歓の花 silk tree blossoms
小暑 Minor Heat|蓮 lotus|風鈴 wind chime|夕立 evening shower
大暑 Major Heat|蝉 cicadas|夏草 summer grass|炎天 blazing sky
立秋 Start of Autumn|初秋 early autumn|天の川 Milky Way|朝顔 morning glories
処暑 End of Heat|残暑 lingering heat|蜩 evening cicadas|稲妻 lightning
白露 White Dew|露 dew|萩 bush clover|虫の音 insect voices
秋分 Autumnal Equinox|名月 harvest moon|彼岸花 spider lilies|野分 autumn gale
寒露 Cold Dew|雁 wild geese|菊 chrysanthemums|秋風 autumn wind
霜降 Frost|紅葉 red leaves|柿 persimmons|行く秋 departing autumn
立冬 Start of Winter|初時雨 first winter drizzle|山茶花 sasanquas|枯野 withered moor
小雪 Minor Snow|木枯らし wintry wind|落葉 fallen leaves|小春 a springlike day
大雪 Major Snow|冬籠 wintering in|雪 snow|千鳥 plovers
冬至 Winter Solstice|柚子湯 yuzu bath|年の暮 year’s end|初日 first sunrise
小寒 Minor Cold|七草 seven herbs|寒月 cold moon|水仙 daffodils
大寒 Major Cold|氷柱 icicles|寒梅 winter plum|春近し spring is near
立春 Start of Spring|春浅し early spring|梅 plum blossoms|薄氷 thin ice
雨水 Rain Water|春雨 spring rain|霞 haze|猫の恋 cats in love
啓蟄 Awakening of Insects|雛祭 doll festival|菜の花 rape blossoms|雲雀 skylarks`;

const DEGREES_PER_TERM = 15;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** The ecliptic longitude of the sun in degrees, within 0.01° (Astronomical Almanac, low-precision formula). */
export function solarLongitude(date) {
  const days = date.getTime() / 86_400_000 - 10_957.5; // since J2000.0
  const anomaly = radians(357.528 + 0.9856003 * days);
  const longitude = 280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly);
  return ((longitude % 360) + 360) % 360;
}

/** `{ term, termEnglish, kigo, kigoEnglish, longitude }` of a day in Japan, by the sun's longitude at its end. */
export function seasonOf(date) {
  const JAPAN_MS = 9 * 3_600_000;
  const day = Math.floor((date.getTime() + JAPAN_MS) / 86_400_000);
  const longitude = solarLongitude(new Date((day + 1) * 86_400_000 - JAPAN_MS));
  const [term, ...words] = TERMS.split("\n")[Math.floor(longitude / DEGREES_PER_TERM)].split("|");
  const word = words[Math.floor(((longitude % DEGREES_PER_TERM) / DEGREES_PER_TERM) * words.length)];
  const split = (text) => [text.slice(0, text.indexOf(" ")), text.slice(text.indexOf(" ") + 1)];
  const [japanese, english] = split(term);
  const [kigo, kigoEnglish] = split(word);
  return { term: japanese, termEnglish: english, kigo, kigoEnglish, longitude };
}

/** The hue of the paper in degrees: redder in early winter, greener in early summer. */
export function paperHue(longitude) {
  return 45 + 12 * Math.cos(radians(longitude - 75));
}
