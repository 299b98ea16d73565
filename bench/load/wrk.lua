-- What wrk asks for, by the arguments behind `--`: the field lines of each request, an empty one, and the rest as
-- in target.ts. Says at the end what it counted, as JSON.

local fields = {}

-- wrk's own puts fields in an order drawn for each run; a browser has one order.
function wrk.format(_, path)
  local lines = { "GET " .. (path or wrk.path) .. " HTTP/1.1", "Host: " .. wrk.headers["Host"] }
  for _, line in ipairs(fields) do lines[#lines + 1] = line end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

-- A request that is the same but for what stands at the end of its path is put together of two halves.
local function halves(prefix)
  local whole = wrk.format(nil, prefix .. "@NUMBER@")
  local first, last = whole:find("@NUMBER@", 1, true)
  return whole:sub(1, first - 1), whole:sub(last + 1)
end

-- Numbers from 0 to count - 1: the one of rank r is drawn in proportion to 1 / r.
local function zipfDraws(count, draws)
  local sums, sum = {}, 0
  for rank = 1, count do
    sum = sum + 1 / rank
    sums[rank] = sum
  end
  local drawn = {}
  for i = 1, draws do
    local at, low, high = math.random() * sum, 1, count
    while low < high do
      local middle = math.floor((low + high) / 2)
      if sums[middle] < at then low = middle + 1 else high = middle end
    end
    drawn[i] = low - 1
  end
  return drawn
end

local function uniformDraws(count, draws)
  local drawn = {}
  for i = 1, draws do drawn[i] = math.random(0, count - 1) end
  return drawn
end

local function askDrawn(prefix, count, seed, drawsOf)
  math.randomseed(seed)
  local first, last = halves(prefix)
  local requests = drawsOf(count, 200000)
  for i, number in ipairs(requests) do requests[i] = first .. number .. last end
  local at = 0
  request = function()
    at = at % #requests + 1
    return requests[at]
  end
end

-- To stop the thread is not enough: wrk sleeps on. SIGINT ends it in good order.
local function endNow()
  local ffi = require("ffi")
  ffi.cdef("int getpid(void); int kill(int pid, int signal);")
  ffi.C.kill(ffi.C.getpid(), 2)
end

local function askEach(prefix, count)
  local first, last = halves(prefix)
  local asked, answered = 0, 0
  request = function()
    local number = asked
    asked = (asked + 1) % (count or 2 ^ 53)
    return first .. string.format("%d", number) .. last
  end
  if count then
    response = function()
      answered = answered + 1
      if answered == count then endNow() end
    end
  end
end

local function askValues(path, field, ...)
  local requests, at = {}, 0
  local position = #fields + 1
  for i, line in ipairs(fields) do
    if line:sub(1, #field + 1) == field .. ":" then position = i end
  end
  for i, value in ipairs({ ... }) do
    fields[position] = field .. ": " .. value
    requests[i] = wrk.format(nil, path)
  end
  request = function()
    at = at % #requests + 1
    return requests[at]
  end
end

function init(given)
  local at = 1
  while given[at] ~= "" do
    fields[at] = given[at]
    at = at + 1
  end
  local args = { unpack(given, at + 1) }
  local kind = args[1]
  if kind == "one" then
    wrk.path = args[2]
  elseif kind == "zipf" then
    askDrawn(args[2], tonumber(args[3]), tonumber(args[4]), zipfDraws)
  elseif kind == "uniform" then
    askDrawn(args[2], tonumber(args[3]), tonumber(args[4]), uniformDraws)
  elseif kind == "each" then
    askEach(args[2])
  elseif kind == "fill" then
    askEach(args[2], tonumber(args[3]))
  elseif kind == "values" then
    askValues(unpack(args, 2))
  else
    error("unknown kind of load: " .. tostring(kind))
  end
end

function done(summary)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"bytes":%.0f,"durationMicroseconds":%d,"failed":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}\n',
    summary.requests, summary.bytes, summary.duration,
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
