#!/bin/sh
# Stands in for the guest's programs: subcontainers as plain chroots, in the mount and network namespace of the test.
set -e
case "$1" in
bind-mount)
  mount --bind "$3" "$5"
  ;;
subcontainer)
  verb=$2
  shift 2
  if [ "$verb" = launch ]; then
    mkdir -p "$1/proc"
    mount -t proc proc "$1/proc"
    exec sleep infinity
  fi
  environment="PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  while :; do
    case "$1" in
    --env-file=*) ;;
    --user=*) user=${1#--user=} ;;
    --workdir=*) workdir=${1#--workdir=} ;;
    --env=*) environment="$environment ${1#--env=}" ;;
    *) break ;;
    esac
    shift
  done
  root=$1
  shift
  # shellcheck disable=SC2086 -- one variable a word
  exec chroot --userspec="$user" "$root" env -i $environment sh -c 'cd "$0" && exec "$@"' "$workdir" "$@"
  ;;
esac
