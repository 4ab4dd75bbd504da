"""invoke: what one invocation costs, the database's time taken off."""

from competitors import FLOOR, OK, book, function
from measuring import Row, Run, in_turn, print_matrix


def run(full: bool) -> list[Row]:
    rounds, scale = (9, 4) if full else (3, 1)

    def ours(name: str, count: int, **options) -> Run:
        return Run([function(name)], invocations=count * scale, warmup=count // 10, **options)

    def peer(handler: str, count: int, **options) -> Run:
        return book(handler, invocations=count * scale, warmup=3, **options)

    get = {"event": "get.json", "expect": '"statusCode":200'}
    post = {"event": "post.json", "expect": '"statusCode":201'}
    book_get, book_post = get | {"expect": '"statusCode": 200'}, post | {"expect": '"statusCode": 201'}
    runs = {
        "OK: C floor": Run([FLOOR], invocations=3000 * scale, warmup=300),
        "OK: ours": Run([OK], invocations=3000 * scale, warmup=300),
        "POST: ours": ours("PostHaiku", 2000, **post),
        "POST: book": peer("post_haiku", 100, **book_post),
    }
    for count in (0, 30, 1000):
        page = {"database": f"page-{count}.json"}
        runs[f"GET of {count}: ours"] = ours("GetHaiku", 300 if count == 1000 else 1500, **get, **page)
        runs[f"GET of {count}: book"] = peer("get_haiku", 20 if count == 1000 else 100, **book_get, **page)
    figures = in_turn(runs, rounds)
    lines = [
        (
            name, f"{run['median_us']:.0f}", f"{run['p99_us']:.0f}", f"{run['cpu_us']:.0f}",
            f"{run['database_us']:.0f}", f"{run['rss_kb'] / 1024:.1f}",
        )
        for name, run in figures.items()
    ]  # fmt: skip
    print_matrix(
        "An invocation, from one request for an invocation to the next",
        ("", "median µs", "p99 µs", "CPU µs", "database µs, taken off", "peak RSS MB"),
        lines,
    )

    def row(name: str, figure: str, unit: str, target: float, by: float = 1) -> Row:
        mine, peer = figures[f"{name}: ours"][figure] / by, figures[f"{name}: book"][figure] / by
        what = "peak RSS" if figure == "rss_kb" else "per invocation"
        return Row(f"{name}, {what}", mine, unit, target, peer=f"book {peer:.3g} {unit}, {peer / mine:.1f} × as much")

    floor, ok = figures["OK: C floor"]["median_us"], figures["OK: ours"]["median_us"]
    return [
        Row("handler that answers OK", ok / floor, "× floor", 1.15, peer=f"{ok:.0f} µs; floor {floor:.0f} µs"),
        row("GET of 1000", "median_us", "ms", 1.5, 1e3),
        row("POST", "median_us", "µs", 300),
        row("POST", "rss_kb", "MB", 14, 1024),
        row("GET of 1000", "rss_kb", "MB", 20, 1024),
    ]
