import Glibc

/// A line chart in SVG.
struct Chart {
    enum Scale {
        case linear
        case logarithmic
    }

    struct Axis {
        var label: String
        var range: ClosedRange<Double>
        var scale: Scale
        var ticks: [(value: Double, text: String)]
    }

    struct Line {
        var name: String
        var color: String
        var points: [(x: Double, y: Double)]
    }

    let title: String
    let x: Axis
    let y: Axis
    let lines: [Line]

    static let width = 880.0
    static let height = 250.0
    private static let left = 74.0
    private static let right = 20.0
    private static let top = 34.0
    private static let bottom = 46.0

    /// An SVG image of the lines of text in `heading`, which are wrapped, and of `charts`.
    static func document(title: String, heading: [String], charts: [Chart]) -> String {
        let lines = heading.flatMap { NumberFormat.wrapped($0, 125) }
        let texts = lines.enumerated().map { index, text in
            let weight = index == 0 ? " font-weight=\"600\"" : ""
            return "<text x=\"20\" y=\"\(22 + index * 19)\"\(weight)>\(XML.escaped(text))</text>"
        }
        let (top, gap) = (17 + 19 * Double(lines.count), 14.0)
        let height = top + Double(charts.count) * (Chart.height + gap)
        let size = "\(NumberFormat.fixed(Chart.width, 0)) \(NumberFormat.fixed(height, 0))"
        let drawn = charts.enumerated().map { $0.element.svg(at: top + Double($0.offset) * (Chart.height + gap)) }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" width="\(NumberFormat.fixed(Chart.width, 0))" \
            height="\(NumberFormat.fixed(height, 0))" font-family="system-ui, sans-serif" font-size="12" fill="#222">
            <title>\(XML.escaped(title))</title>
            <style>
            .title { font-size: 14px; font-weight: 600 }
            .label { fill: #555 }
            .grid { stroke: #e3e3e3 }
            .axis { stroke: #666 }
            .line { fill: none; stroke-width: 1.8; stroke-linejoin: round }
            </style>
            <rect width="100%" height="100%" fill="#fff"/>
            \(texts.joined(separator: "\n"))
            \(drawn.joined(separator: "\n"))
            </svg>

            """
    }

    /// The chart as a group element with its upper edge at `offset`.
    func svg(at offset: Double) -> String {
        let (left, right) = (Self.left, Self.width - Self.right)
        let (top, bottom) = (Self.top, Self.height - Self.bottom)
        var parts = [
            "<g transform=\"translate(0 \(NumberFormat.fixed(offset, 0)))\">",
            text(title, left, 20, "class=\"title\""),
        ]
        for tick in y.ticks {
            let at = position(of: tick.value, on: y, from: bottom, to: top)
            parts.append(rule(left, at, right, at, "grid"))
            parts.append(text(tick.text, left - 8, at + 4, "text-anchor=\"end\""))
        }
        for tick in x.ticks {
            let at = position(of: tick.value, on: x, from: left, to: right)
            parts.append(rule(at, bottom, at, bottom + 5, "axis"))
            parts.append(text(tick.text, at, bottom + 19, "text-anchor=\"middle\""))
        }
        parts.append(rule(left, bottom, right, bottom, "axis"))
        parts.append(rule(left, top, left, bottom, "axis"))
        parts.append(text(x.label, (left + right) / 2, bottom + 38, "class=\"label\" text-anchor=\"middle\""))
        let middle = NumberFormat.fixed((top + bottom) / 2, 1)
        parts.append(
            text(
                y.label,
                16,
                (top + bottom) / 2,
                "class=\"label\" text-anchor=\"middle\" transform=\"rotate(-90 16 \(middle))\""
            )
        )
        // Laid out from right to left, so that the first line's name is the leftmost.
        var legend = right
        for line in lines.reversed() {
            legend -= Double(line.name.count) * 7 + 34
            parts.append(rule(legend, 16, legend + 18, 16, "line", line.color))
            parts.append(text(line.name, legend + 23, 20, ""))
        }
        for line in lines { parts.append(path(of: line)) }
        parts.append("</g>")
        return parts.joined(separator: "\n")
    }

    private func path(of line: Line) -> String {
        let (left, right) = (Self.left, Self.width - Self.right)
        let (top, bottom) = (Self.top, Self.height - Self.bottom)
        let points = line.points.map { point in
            let across = position(of: point.x, on: x, from: left, to: right)
            let up = position(of: point.y, on: y, from: bottom, to: top)
            return (x: NumberFormat.fixed(across, 1), y: NumberFormat.fixed(up, 1))
        }
        // A polyline with a single point is invisible.
        if points.count == 1 {
            return "<circle cx=\"\(points[0].x)\" cy=\"\(points[0].y)\" r=\"3\" fill=\"\(line.color)\"/>"
        }
        let coordinates = points.map { "\($0.x),\($0.y)" }.joined(separator: " ")
        return "<polyline class=\"line\" stroke=\"\(line.color)\" points=\"\(coordinates)\"/>"
    }

    private func position(of value: Double, on axis: Axis, from start: Double, to end: Double) -> Double {
        let (low, high) = (axis.range.lowerBound, axis.range.upperBound)
        let value = min(max(value, low), high)
        let fraction =
            switch axis.scale {
            case .linear: (value - low) / (high - low)
            case .logarithmic: log(value / low) / log(high / low)
            }
        return start + fraction * (end - start)
    }

    private func text(_ text: String, _ x: Double, _ y: Double, _ attributes: String) -> String {
        "<text x=\"\(NumberFormat.fixed(x, 1))\" y=\"\(NumberFormat.fixed(y, 1))\" \(attributes)>\(XML.escaped(text))</text>"
    }

    private func rule(
        _ x1: Double,
        _ y1: Double,
        _ x2: Double,
        _ y2: Double,
        _ kind: String,
        _ color: String? = nil
    ) -> String {
        let stroke = color.map { " stroke=\"\($0)\"" } ?? ""
        return
            "<line class=\"\(kind)\"\(stroke) x1=\"\(NumberFormat.fixed(x1, 1))\" y1=\"\(NumberFormat.fixed(y1, 1))\" "
            + "x2=\"\(NumberFormat.fixed(x2, 1))\" y2=\"\(NumberFormat.fixed(y2, 1))\"/>"
    }
}
