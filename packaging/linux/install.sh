#!/bin/sh
# Put Bandsaw into this user's menu of programs, as a program to open audio files with, and `bandsaw` into ~/.local/bin.
# Nothing is copied: move the folder first, then run this. `install.sh --remove` takes all of it out again.
file=$(readlink -f -- "$0" 2>/dev/null) || file=$0
exec "${file%/*}/python/bin/python3" -I -B "${file%/*}/python/desktop.py" "$@"
