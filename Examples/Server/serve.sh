# Starts and ends a server, for check and load. They set $server, the program, and $work, a folder for its files.

# prepare FORMULA: a model of the diabetes data, and a body with one row of all its columns.
prepare() {
  linreg=../../.build/debug/linreg
  [ -x $linreg ] || "${SWIFT:-swift}" build --package-path ../.. --product linreg --quiet
  $linreg fit "$1" ../Diabetes/diabetes.csv -m "$work/model" >/dev/null
  rows ../Diabetes/diabetes.csv 1 >"$work/one.json"
}

# rows CSV COUNT: the first rows of a file as JSON by name; from the beginning again when it ends.
rows() {
  awk -F, -v count="$2" '
    NR == 1 { split($0, names); next }
    { line[n++] = $0 }
    END {
      printf "{\"rows\":["
      for (i = 0; i < count; i++) {
        split(line[i % n], fields)
        printf "%s{", (i ? "," : "")
        for (j = 1; j in names; j++) printf "%s\"%s\":%s", (j == 1 ? "" : ","), names[j], fields[j]
        printf "}"
      }
      printf "]}"
    }' "$1"
}

# start [ARGUMENTS]: starts the server on a free port; sets $pid and $url.
start() {
  rm -f "$work/log"
  "$server" --model "$work/model" --port 0 "$@" >"$work/log" 2>&1 &
  pid=$!
  for _ in $(seq 100); do
    port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$work/log" 2>/dev/null)
    [ -n "$port" ] && break
    kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
  done
  url=http://127.0.0.1:$port
}

# stop: asks the server to end, and waits; its exit code is the result.
stop() {
  kill -TERM "$pid"
  code=0
  wait "$pid" || code=$?
  pid=
  return $code
}
