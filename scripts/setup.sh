#!/bin/sh
# Gets everything that Espalier needs: the tools of the rtl backend, the npm packages and the compiled program.
# It can be run any number of times and does only what is missing.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'set-up: %s\n' "$*" >&2; }

missing_tools() {
  for tool in verilator g++ make; do
    command -v "$tool" >/dev/null 2>&1 || printf '%s ' "$tool"
  done
}

# Prints what has to stand before a command so that it runs as root; fails where that takes a password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    echo env
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    echo 'sudo env'
  else
    return 1
  fi
}

get_tools() {
  tools=$(missing_tools)
  [ -n "$tools" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1 || ! root=$(as_root); then
    say "missing: ${tools}- install them with: sudo apt-get update && sudo apt-get install verilator g++ make"
    exit 2
  fi
  say "installing ${tools}with apt-get"
  $root DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
  # shellcheck disable=SC2086 # one word per tool
  $root DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $tools >&2
}

# A second simulator of Verilog, for tests alone: they skip what needs it where it cannot be had.
get_second_simulator() {
  command -v iverilog >/dev/null 2>&1 && return 0
  command -v apt-get >/dev/null 2>&1 && root=$(as_root) || return 0
  say 'installing iverilog with apt-get'
  $root DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
  $root DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends iverilog >&2 || :
}

get_packages() {
  if [ node_modules/.package-lock.json -nt package-lock.json ]; then
    npm run --silent prepare
  else
    say 'installing npm packages'
    npm ci --no-audit --no-fund --loglevel=error >&2
  fi
}

if ! command -v npm >/dev/null 2>&1; then
  say 'missing: npm - install Node.js 20 or newer and npm, on Debian with: sudo apt-get install nodejs npm'
  exit 2
fi
get_tools
get_second_simulator
get_packages
