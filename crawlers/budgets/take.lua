-- Take starts and permits of a host, or say how long to wait. KEYS: pace, holders, one per quota.
-- ARGV: holder, interval, concurrent, kept, wanted, starts, block, longest pause, queue,
-- forget, poll, slices, and of each quota its times and seconds. Times are those of Redis.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1e6
local holder = ARGV[1]
local interval, concurrent, kept = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local wanted, starts, block = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local longest, queue, forget = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local poll, slices = ARGV[11], tonumber(ARGV[12])

local taken, mine, others = kept, now, {}
local all = redis.call('HGETALL', KEYS[2])
for at = 1, #all, 2 do
  local held, waits, seen = string.match(all[at + 1], '(%S+) (%S+) (%S+)')
  held, waits, seen = tonumber(held), tonumber(waits), tonumber(seen)
  if all[at] == holder then
    if waits > 0 then mine = waits end
  elseif seen > now + queue or now - seen > forget then
    redis.call('HDEL', KEYS[2], all[at])
  else
    others[#others + 1] = {held, waits, seen}
  end
end
for _, other in ipairs(others) do
  taken = taken + other[1]
  if other[2] > 0 and other[2] < mine and now - other[3] < queue then taken = taken + 1 end
end

local function hold(permits, waits)
  local row = string.format('%d %.6f %.6f', permits, waits, now)
  redis.call('HSET', KEYS[2], holder, row)
  redis.call('EXPIRE', KEYS[2], 60)
end

local function wait(seconds, why)
  hold(kept, mine)
  return {kept, 0, string.format('%.6f', seconds), why}
end

local last = tonumber(redis.call('HGET', KEYS[1], 'last') or 0)
local paused = tonumber(redis.call('HGET', KEYS[1], 'paused') or 0)
if paused > now and paused <= now + longest then return wait(paused - now, 0) end

local windows = {}
for at = 1, starts > 0 and #KEYS - 2 or 0 do
  local times, length = tonumber(ARGV[11 + 2 * at]), tonumber(ARGV[12 + 2 * at]) / slices
  local present, sum, oldest, counts = math.floor(now / length), 0, nil, {}
  local found = redis.call('HGETALL', KEYS[at + 2])
  for pair = 1, #found, 2 do
    local number = math.min(tonumber(found[pair]), present)
    if number >= present - slices then
      counts[number] = (counts[number] or 0) + tonumber(found[pair + 1])
      sum, oldest = sum + tonumber(found[pair + 1]), math.min(oldest or number, number)
    end
  end
  if sum >= times then
    return wait(math.max(0.001, (oldest + slices + 1) * length - now), at)
  end
  counts[present] = (counts[present] or 0) + 1
  windows[at] = {counts, math.ceil(length * (slices + 2))}
end

if starts > 0 and last <= now + block and last + interval > now then return wait(last + interval - now, -1) end
local more = wanted - kept
if more > 0 then
  more = math.min(more, concurrent - taken)
  if more <= 0 then return wait(tonumber(poll), -1) end
end

for at, kept in ipairs(windows) do
  redis.call('DEL', KEYS[at + 2])
  for number, times in pairs(kept[1]) do
    redis.call('HSET', KEYS[at + 2], string.format('%.0f', number), times)
  end
  redis.call('EXPIRE', KEYS[at + 2], kept[2])
end
if starts > 0 then
  redis.call('HSET', KEYS[1], 'last', string.format('%.6f', now + (starts - 1) * interval))
  redis.call('EXPIRE', KEYS[1], math.ceil(math.max(60, interval + block)))
end
hold(kept + more, 0)
return {kept + more, starts, '0', -1}
