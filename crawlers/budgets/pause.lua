-- Have everybody leave a host alone. KEYS: pace. ARGV: seconds, the longest that is believed.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1e6
local longest = tonumber(ARGV[2])
local seconds = math.min(tonumber(ARGV[1]), longest)
local paused = tonumber(redis.call('HGET', KEYS[1], 'paused') or 0)
if paused > now + longest then paused = 0 end
paused = math.max(paused, now + seconds)
redis.call('HSET', KEYS[1], 'paused', string.format('%.6f', paused))
local left = redis.call('TTL', KEYS[1])
redis.call('EXPIRE', KEYS[1], math.ceil(math.max(60, left, paused - now)))
