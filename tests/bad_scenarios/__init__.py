"""Bad scenario files, and beside each what a user is told of it.

`NAME.txt` is a transcript: lines that begin with `$ ` are commands, typed in the file's folder, and the lines below
are all that is printed. Every command is a user's mistake: it ends with exit status 2 and writes nothing.

To add a case: write `NAME.yaml`, and `NAME.txt` with `$ sim run NAME.yaml`; then `python -m tests.bad_scenarios`
fills in what is printed. Read it as a user would: is the place right, is it plain what is wrong and what would be
right? If not, mend the loader. The same command after a change of the program shows in `git diff` what changed.
Files that no text editor keeps as they are (other encodings, very large or deep ones) are made by `made.py`.
"""
