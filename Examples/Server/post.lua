-- wrk -s post.lua URL [-- FILE [TYPE]]: posts a file, or gets the URL; prints requests per second, the median and
-- 99th percentile of the latency in milliseconds, and how many answers were errors.

function init(args)
  if args[1] then
    wrk.method = "POST"
    wrk.body = io.open(args[1], "rb"):read("*a")
    wrk.headers["Content-Type"] = args[2] or "application/json"
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("result %.0f %.3f %.3f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
