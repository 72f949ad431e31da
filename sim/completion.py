"""Scripts that complete `sim` on Tab, made from the parser: commands, their options, and scenario files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

SHELLS = ("bash", "zsh", "fish")

BASH = """\
# Completion of sim in bash. To use it:  eval "$(sim completion bash)"
_sim() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} choices= options= files= file
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    choices="{commands}"
  else
    case ${{COMP_WORDS[1]}} in
{cases}
    esac
    case $before in {taking}) files=yes ;; esac
  fi
  if [[ -z $files || $word == -* ]]; then
    [[ $word == -* ]] && choices=$options
    COMPREPLY=($(compgen -W "$choices" -- "$word"))
    return
  fi
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do
    [[ -d $file || $file == *.yaml || $file == *.yml ]] && COMPREPLY+=("$file")
  done < <(compgen -f -- "$word")
  return 0
}}
complete -F _sim sim
"""

ZSH = """\
# Completion of sim in zsh. To use it, after compinit:  eval "$(sim completion zsh)"
_sim() {{
  local -a choices
  if (( CURRENT == 2 )); then
    choices=(
{commands}
    )
    _describe command choices
    return
  fi
  case $words[2] in
{cases}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe option choices
  else
    [[ $words[2] == completion ]] && _describe shell choices || _files -g '*.y(a|)ml'
  fi
}}
compdef _sim sim
"""


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Name of a command -> its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def helps(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Name of a command -> its line of help."""
    found = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return {choice.dest: choice.help or "" for action in found for choice in action._choices_actions}


def _options(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, bool]]:
    """(long option or a fixed word, its help, whether a value follows)."""
    for action in parser._actions:
        if action.help is argparse.SUPPRESS:
            continue
        text = (action.help or "").replace("%%", "%")
        if action.option_strings:
            yield action.option_strings[-1], text, action.nargs != 0
        elif action.choices is not None:
            yield from ((str(choice), text, False) for choice in action.choices)


def _words(parser: argparse.ArgumentParser, options: bool) -> str:
    """The options of a command, or the fixed words that it takes."""
    return " ".join(word for word, _, _ in _options(parser) if word.startswith("-") is options)


def _files(parser: argparse.ArgumentParser) -> bool:
    """Whether a command takes a file or a folder."""
    return any(not action.option_strings and action.choices is None for action in parser._actions)


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The completion script for `bash`, `zsh` or `fish`. Raises ValueError for another shell."""
    subs = commands(parser)
    if shell == "bash":
        cases = "\n".join(
            f'      {name}) choices="{_words(sub, False)}" options="{_words(sub, True)}"{" files=yes" * _files(sub)} ;;'
            for name, sub in subs.items()
        )
        taking = sorted({word for sub in subs.values() for word, _, takes in _options(sub) if takes})
        return BASH.format(commands=" ".join(subs), cases=cases, taking="|".join(taking))
    if shell == "zsh":
        lines = "\n".join(f"      {_quoted(name + ':' + text)}" for name, text in helps(parser).items())
        cases = "\n".join(
            f"    {name}) choices=({' '.join(_quoted(word + ':' + text) for word, text, _ in _options(sub))}) ;;"
            for name, sub in subs.items()
        )
        return ZSH.format(commands=lines, cases=cases)
    if shell == "fish":
        return _fish(parser, subs)
    raise ValueError(f"no completion for {shell!r}; there is {', '.join(SHELLS)}")


def _fish(parser: argparse.ArgumentParser, subs: dict[str, argparse.ArgumentParser]) -> str:
    lines = ["# Completion of sim in fish. To use it:  sim completion fish | source", "complete -c sim -f"]
    lines += [
        f"complete -c sim -n __fish_use_subcommand -a {name} -d {_quoted(text)}" for name, text in helps(parser).items()
    ]
    for name, sub in subs.items():
        seen = f"-n '__fish_seen_subcommand_from {name}'"
        for word, text, takes in _options(sub):
            what = f"-l {word.removeprefix('--')}" if word.startswith("--") else f"-a {word}"
            lines.append(f"complete -c sim {seen} {what} {'-r ' if takes else ''}-d {_quoted(text)}")
        if _files(sub):
            lines.append(f"complete -c sim {seen} -F")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "'\\''") + "'"
