"""Hypothesis strategies for values, paths and expressions, drawn from small sets so that they often coincide."""

from hypothesis import strategies as st

ATTRIBUTES = ("a", "b", "c")
TEXTS = ("x", "y", "xy", "俳句")
NUMBERS = ("0", "1", "2", "-1", "10", "1.5", "-0.25", "12345678901234567890")
BYTES = (b"x", b"\x00\xff", b"xyz")

texts = st.sampled_from(TEXTS).map(lambda text: {"S": text})
numbers = st.sampled_from(NUMBERS).map(lambda number: {"N": number})
binaries = st.sampled_from(BYTES).map(lambda data: {"B": data})
sets = st.one_of(
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3, unique=True).map(lambda members: {"SS": members}),
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3, unique=True).map(lambda members: {"NS": members}),
    st.lists(st.sampled_from(BYTES), min_size=1, max_size=2, unique=True).map(lambda members: {"BS": members}),
)
# No BOOL: moto compares booleans with numbers.
scalars = st.one_of(texts, numbers, binaries, st.just({"NULL": True}))
lists = st.lists(scalars, max_size=3).map(lambda elements: {"L": elements})
maps = st.dictionaries(st.sampled_from(("x", "y")), scalars, max_size=2).map(lambda members: {"M": members})
values = st.one_of(scalars, sets, lists, maps)

partitions = st.sampled_from(("p", "q")).map(lambda text: {"S": text})
sorts = st.sampled_from(("1", "2", "3", "10", "-5", "0.5")).map(lambda number: {"N": number})
keys = st.fixed_dictionaries({"p": partitions, "s": sorts})
items = st.builds(
    lambda key, others, indexed: {**key, **others, **indexed},
    keys,
    st.dictionaries(st.sampled_from(ATTRIBUTES), values, max_size=3),
    st.fixed_dictionaries({}, optional={"g": partitions, "n": sorts}),
)


class Placeholders:
    """Collects the expression attribute names and values of one request."""

    def __init__(self):
        self.values: dict[str, dict] = {}
        self.names: dict[str, str] = {}

    def value(self, value: dict) -> str:
        self.values[f":v{len(self.values)}"] = value
        return f":v{len(self.values) - 1}"

    def name(self, name: str) -> str:
        self.names[f"#{name}"] = name
        return f"#{name}"

    def parameters(self) -> dict:
        found = {"ExpressionAttributeValues": self.values, "ExpressionAttributeNames": self.names}
        return {parameter: given for parameter, given in found.items() if given}


@st.composite
def paths(draw, placeholders: Placeholders, deep: bool = True) -> str:
    name = draw(st.sampled_from(ATTRIBUTES))
    head = placeholders.name(name) if draw(st.booleans()) else name
    return head + (draw(st.sampled_from(("", "", "", ".x", ".y", "[0]", "[1]"))) if deep else "")


@st.composite
def conditions(draw, placeholders: Placeholders, depth: int = 2) -> str:
    """A condition on non-key attributes."""
    if depth and draw(st.integers(0, 2)) == 0:
        kind = draw(st.sampled_from(("AND", "OR", "NOT")))
        left = draw(conditions(placeholders, depth - 1))
        if kind == "NOT":
            return f"NOT ({left})"
        return f"({left}) {kind} ({draw(conditions(placeholders, depth - 1))})"
    path = draw(paths(placeholders))
    kind = draw(
        st.sampled_from(
            ("exists", "missing", "type", "begins", "contains", "size", "compare", "order", "between", "in")
        )
    )
    match kind:
        case "exists":
            return f"attribute_exists({path})"
        case "missing":
            return f"attribute_not_exists({path})"
        case "type":
            kinds = ("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS")
            return f"attribute_type({path}, {placeholders.value({'S': draw(st.sampled_from(kinds))})})"
        case "begins":
            return f"begins_with({path}, {placeholders.value(draw(texts))})"
        case "contains":
            return f"contains({path}, {placeholders.value(draw(texts))})"
        case "size":
            comparator = draw(st.sampled_from(("=", "<", "<=", ">", ">=", "<>")))
            return f"size({path}) {comparator} {placeholders.value(draw(numbers))}"
        case "compare":
            return f"{path} {draw(st.sampled_from(('=', '<>')))} {placeholders.value(draw(values))}"
        case "order":
            ordered = draw(st.one_of(texts, numbers))
            return f"{path} {draw(st.sampled_from(('<', '<=', '>', '>=')))} {placeholders.value(ordered)}"
        case "between":
            low, high = sorted(draw(st.tuples(st.sampled_from(TEXTS[:3]), st.sampled_from(TEXTS[:3]))))
            return f"{path} BETWEEN {placeholders.value({'S': low})} AND {placeholders.value({'S': high})}"
        case _:
            candidates = draw(st.lists(scalars, min_size=1, max_size=3))
            return f"{path} IN ({', '.join(placeholders.value(one) for one in candidates)})"


@st.composite
def updates(draw, placeholders: Placeholders) -> str:
    """An update expression; its paths may overlap or not exist."""
    sections: dict[str, list[str]] = {}
    for _ in range(draw(st.integers(1, 3))):
        path = draw(paths(placeholders))
        kind = draw(
            st.sampled_from(
                ("set", "set", "default", "copy", "plus", "minus", "append", "remove", "add", "union", "delete")
            )
        )
        match kind:
            case "set":
                section, action = "SET", f"{path} = {placeholders.value(draw(values))}"
            case "default":
                section, action = "SET", f"{path} = if_not_exists({path}, {placeholders.value(draw(values))})"
            case "copy":
                section, action = "SET", f"{path} = {draw(paths(placeholders))}"
            case "plus":
                section, action = "SET", f"{path} = {draw(paths(placeholders))} + {placeholders.value(draw(numbers))}"
            case "minus":
                section, action = "SET", f"{path} = {placeholders.value(draw(numbers))} - {draw(paths(placeholders))}"
            case "append":
                section, action = (
                    "SET",
                    f"{path} = list_append({draw(paths(placeholders))}, {placeholders.value(draw(lists))})",
                )
            case "remove":
                section, action = "REMOVE", path
            case "add":
                section, action = "ADD", f"{path} {placeholders.value(draw(numbers))}"
            case "union":
                section, action = "ADD", f"{path} {placeholders.value(draw(sets))}"
            case _:
                section, action = "DELETE", f"{path} {placeholders.value(draw(sets))}"
        sections.setdefault(section, []).append(action)
    return " ".join(f"{section} {', '.join(actions)}" for section, actions in sections.items())
