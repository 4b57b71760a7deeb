#!/bin/sh
# Starts Redis so that a card's damage can't stop it: a dump that can't be loaded is set aside (Redis itself would exit, and be
# restarted, for ever). For busybox's sh and for dash. Arguments go to redis-server.
set -u

conf=${TAILBOARD_REDIS_CONF:-/usr/local/etc/redis/redis.conf}
dir=${TAILBOARD_REDIS_DIR:-/data}
keep=2

say() { echo "redis: $*" >&2; }

# The names carry the time, so their order is their age. The newest that stay are those that the owner may still want to look at.
prune() { # HOW MANY MAY STAY
  count=0
  for old in "$dir"/dump.rdb.bad-*; do [ -e "$old" ] && count=$((count + 1)); done
  for old in "$dir"/dump.rdb.bad-*; do
    [ "$count" -gt "$1" ] || break
    rm -f "$old" 2>/dev/null
    count=$((count - 1))
  done
}

# A save that a power cut interrupted leaves its half behind, and Redis never looks at it again.
rm -f "$dir"/temp-*.rdb 2>/dev/null

dump=$dir/dump.rdb
if [ -e "$dump" ] && ! redis-check-rdb "$dump" >/dev/null 2>&1; then
  aside=$dump.bad-$(date -u +%Y%m%dT%H%M%SZ)
  prune $((keep - 1))
  if mv -f "$dump" "$aside" 2>/dev/null; then
    say "the saved data can't be read. It was set aside as $(basename "$aside"), and Redis starts empty: new readings come in by themselves."
  else
    # Nothing can be moved on a card that is read-only: another name is then one that holds nothing to load.
    say "the saved data can't be read, and can't be set aside because the card can't be written. Redis starts empty; check the SD card."
    set -- "$@" --dbfilename dump-after-damage.rdb
    if [ -e "$dir/dump-after-damage.rdb" ] && ! redis-check-rdb "$dir/dump-after-damage.rdb" >/dev/null 2>&1; then
      set -- "$@" --dbfilename "dump-$(date -u +%s).rdb"
    fi
  fi
fi

# By trying: a shell's -w may look at the mode alone, which a card that turned read-only keeps.
probe=$dir/.can-be-written
if (: >"$probe") 2>/dev/null; then rm -f "$probe"; else
  say "nothing can be saved: $dir can't be written. Live values go on; a restart starts empty. Check the SD card."
fi

# The way in for a source in the host's network, where no port of ours is open: a socket in a folder that only the two share.
sockets=${TAILBOARD_REDIS_SOCKETS:-/run/tailboard}
[ ! -d "$sockets" ] || set -- "$@" --unixsocket "$sockets/redis.sock" --unixsocketperm 777

exec redis-server "$conf" --dir "$dir" "$@"
