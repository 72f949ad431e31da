"""Why a text is not YAML, in a user's words: what the parser says, and where, is often about what comes after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

_QUOTE_IT = "a text that begins with {0} must stand in quotes"


def why_not(error: yaml.MarkedYAMLError, text: str) -> tuple[Any, str]:
    """The mark to point at (None if there is none) and what is wrong there."""
    context, problem = error.context or "", error.problem or ""
    at, since = error.problem_mark, error.context_mark
    if "found character that cannot start any token" in problem and at is not None:
        char = _char(text, at)
        if char == "\t":
            return at, "a tab; indent with spaces"
        return at, _QUOTE_IT.format(repr(char))
    if "mapping values are not allowed" in problem:
        return at, "a second ':' on this line, or a wrong indent; a text that holds ': ' must stand in quotes"
    if "could not find expected ':'" in problem:
        return since or at, "a key without ':' after it"
    if "quoted scalar" in context and "end of stream" in problem:
        return since or at, "this quote is never closed"
    if "while parsing a flow" in context and since is not None:
        opened = "{" if "mapping" in context else "["
        closing = "}" if opened == "{" else "]"
        where = f" (read up to line {at.line + 1})" if at is not None and at.line != since.line else ""
        return since, f"after this '{opened}' a ',' or the closing '{closing}' is missing{where}"
    if "while parsing a block" in context and "did not find expected" in problem:
        what = "key" if "mapping" in context else "'- '"
        return at, f"the indent of this line fits no {what} above it"
    return at or since, " ".join(part for part in (context, problem) if part)


def _char(text: str, mark: Any) -> str:
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    return line[mark.column : mark.column + 1]
