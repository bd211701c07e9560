-- wrk -s hostile.lua URL -- FILE COUNT: posts COUNT damaged copies of a file, the same ones each time, and prints how
-- many answers there were of each hundred of statuses.

local threads = {}
function setup(thread) table.insert(threads, thread) end

function init(args)
  good, limit = io.open(args[1], "rb"):read("*a"), tonumber(args[2])
  sent, state, classes = 0, 1, { 0, 0, 0, 0, 0 }
  wrk.headers["Content-Type"] = "application/json"
end

-- Park and Miller's generator: the numbers are the same on every machine.
local function random(below)
  state = state * 16807 % 2147483647
  return state % below
end

local pieces = {
  "1e999", "NaN", "null", "{}", "[[[[", "\"\"\"", "\255", "\0", "", "99999999999999999999", "\\ud800",
  string.rep("[", 1000), string.rep("9", 1000),
}

function request()
  local body = good
  for _ = 0, random(3) do
    local from = random(#body + 1)
    local to = random(8) == 0 and #body or from + random(12)
    body = body:sub(1, from) .. pieces[random(#pieces) + 1] .. body:sub(to + 1)
  end
  sent = sent + 1
  return wrk.format("POST", nil, nil, body)
end

function response(status)
  local class = math.floor(status / 100)
  classes[class] = classes[class] + 1
  answered = (answered or 0) + 1
  counts = table.concat(classes, " ")
  if answered >= limit then wrk.thread:stop() end
end

function done(summary)
  for _, thread in ipairs(threads) do io.write("result " .. (thread:get("counts") or "none") .. "\n") end
end
