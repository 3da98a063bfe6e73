"""The reading of documents itself: an example that is not found would never fail."""

from tests.docs.documents import blocks_of, commands_in

TEXT = """
# A page

```console
$ saring doctor
all is well
$ saring draw baseline_year \\
    --n 300
```

1. In a list:

   <!-- not run: it serves until it is stopped -->
   ```console
   $ saring serve
   ```

<!-- exit 1: the claim does not hold -->
```console
$ saring verify cut.json
```

<!-- file: plan.toml (append) -->
```toml
n = 3
```

```
saring report RUN   # what it does
DATABASE_URL=x saring serve
sold saring elsewhere
```
"""


def test_a_block_is_read_with_its_marks() -> None:
    first, second, third, fourth, fifth = blocks_of(TEXT)
    assert [first.line, first.language, first.marks] == [4, "console", {}]
    assert second.marks == {"not run": "it serves until it is stopped"}
    assert [first.is_run, second.is_run, third.is_run, fifth.is_run] == [True, False, True, False]
    assert [first.exit_code, third.exit_code] == [0, 1]
    assert fourth.marks == {"file": "plan.toml (append)"}


def test_a_command_is_read_with_its_answer() -> None:
    first = blocks_of(TEXT)[0]
    assert list(first.steps()) == [
        ("saring doctor", ["all is well"]),
        ("saring draw baseline_year  --n 300", []),
    ]


def test_a_mark_holds_for_the_next_block_only() -> None:
    text = "<!-- not run: no -->\n\nA paragraph.\n\n```console\n$ saring doctor\n```\n"
    assert blocks_of(text)[0].is_run


def test_commands_are_found_with_and_without_a_prompt() -> None:
    blocks = blocks_of(TEXT)
    assert commands_in(blocks[0]) == ["saring doctor", "saring draw baseline_year  --n 300"]
    assert commands_in(blocks[4]) == ["saring report RUN   # what it does", "DATABASE_URL=x saring serve"]
