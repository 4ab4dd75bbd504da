"""invoke: the cost of one invocation, without the time of the database."""

from measuring import Row, Run, measure_alternately, print_matrix
from subjects import BASELINE, OK, function, textbook


def run(full: bool) -> list[Row]:
    rounds, scale = (9, 4) if full else (3, 1)

    def swift(name: str, count: int, **options) -> Run:
        return Run([function(name)], invocations=count * scale, warmup=count // 10, **options)

    def python(handler: str, count: int, **options) -> Run:
        return textbook(handler, invocations=count * scale, warmup=3, **options)

    get = {"event": "get.json", "expect": '"statusCode":200'}
    post = {"event": "post.json", "expect": '"statusCode":201'}
    python_get, python_post = get | {"expect": '"statusCode": 200'}, post | {"expect": '"statusCode": 201'}
    runs = {
        "OK: C baseline": Run([BASELINE], invocations=3000 * scale, warmup=300),
        "OK: Swift": Run([OK], invocations=3000 * scale, warmup=300),
        "POST: Swift": swift("PostHaiku", 2000, **post),
        "POST: textbook": python("post_haiku", 100, **python_post),
    }
    for count in (0, 30, 1000):
        page = {"database": f"page-{count}.json"}
        runs[f"GET of {count}: Swift"] = swift("GetHaiku", 300 if count == 1000 else 1500, **get, **page)
        runs[f"GET of {count}: textbook"] = python("get_haiku", 20 if count == 1000 else 100, **python_get, **page)
    figures = measure_alternately(runs, rounds)
    lines = [
        (
            name, f"{run['median_us']:.0f}", f"{run['p99_us']:.0f}", f"{run['cpu_us']:.0f}",
            f"{run['database_us']:.0f}", f"{run['rss_kb'] / 1024:.1f}",
        )
        for name, run in figures.items()
    ]  # fmt: skip
    print_matrix(
        "An invocation, from one GET …/next to the following one",
        ("", "median µs", "p99 µs", "CPU µs", "database µs, not included", "peak RSS MB"),
        lines,
    )

    def row(name: str, figure: str, unit: str, limit: float, divisor: float = 1) -> Row:
        ours, peer = (figures[f"{name}: {subject}"][figure] / divisor for subject in ("Swift", "textbook"))
        what = "peak RSS" if figure == "rss_kb" else "per invocation"
        return Row(
            f"{name}, {what}", ours, unit, limit, peer=f"textbook {peer:.3g} {unit}, {peer / ours:.1f} × as much"
        )

    baseline, ok = figures["OK: C baseline"]["median_us"], figures["OK: Swift"]["median_us"]
    return [
        Row(
            "handler that returns OK",
            ok / baseline,
            "× baseline",
            1.15,
            peer=f"{ok:.0f} µs; baseline {baseline:.0f} µs",
        ),
        row("GET of 1000", "median_us", "ms", 1.5, 1e3),
        row("POST", "median_us", "µs", 300),
        row("POST", "rss_kb", "MB", 14, 1024),
        row("GET of 1000", "rss_kb", "MB", 20, 1024),
    ]
