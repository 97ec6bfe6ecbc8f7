#!/usr/bin/env bash
set -eu

LIMIT=1000

# Money comes in.
deposit() {
  local amount=$1
  if [ "$amount" -le 0 ]; then
    echo "a deposit must be positive" >&2
    return 1
  fi
  balance=$((balance + amount))
}

function transfer {
  local amount=$1
  balance=$((balance - amount))
  other=$((other + amount))
  echo "moved $amount"
}
